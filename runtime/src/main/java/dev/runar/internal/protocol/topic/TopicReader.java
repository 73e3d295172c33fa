package dev.runar.internal.protocol.topic;

import dev.runar.Payload;
import dev.runar.internal.protocol.Suggestion;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;

/**
 * Reads one frame that a client sent on {@code /topics}. Stateless; any thread.
 *
 * <p>The frame is read as a stream of tokens. The payload is checked to be JSON and then taken as
 * the very bytes that came; no tree of it is ever built. Whatever is wrong becomes an {@link
 * TopicFrame.Invalid}, never an exception.
 */
public final class TopicReader {
  /** The deepest nesting of a payload. */
  static final int MAX_DEPTH = 1_000;

  /** The most publications of a page of history. */
  static final int MOST_LISTED = 1_000;

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxNumberLength(1_000)
                  .maxNameLength(50_000)
                  .build())
          .build();

  private static final List<String> VERBS =
      List.of(
          "connect",
          "subscribe",
          "unsubscribe",
          "publish",
          "request",
          "list",
          "ping",
          "produce",
          "history",
          "presence",
          "watch",
          "unacked",
          "ack",
          "nack");
  private static final List<String> KEYS =
      List.of(
          "connect",
          "subscribe",
          "unsubscribe",
          "publish",
          "request",
          "list",
          "ping",
          "produce",
          "history",
          "presence",
          "watch",
          "unacked",
          "ack",
          "nack",
          "group",
          "live",
          "cause",
          "members",
          "since",
          "limit",
          "reverse",
          "data",
          "id",
          "timeout");
  private static final Payload NULL = Payload.json("null");

  private TopicReader() {}

  /** Reads the text at {@code text[from..from+length)}, which is known to be UTF-8. */
  public static TopicFrame.Inbound read(byte[] text, int from, int length) {
    var draft = new Draft(text, from);
    try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), text, from, length)) {
      draft.readObject(parser);
    } catch (JacksonException e) {
      draft.refuse("the frame is not JSON: " + firstLine(e));
    }
    return draft.frame();
  }

  private static String firstLine(JacksonException e) {
    String message = e.getOriginalMessage();
    int end = message.indexOf('\n');
    String line = end < 0 ? message : message.substring(0, end);
    return line.length() <= 200 ? line : line.substring(0, 200) + "…";
  }

  /** A frame while it is read. The first problem is kept; reading goes on to find the id. */
  private static final class Draft {
    private final byte[] text;
    private final int from;
    private @Nullable String problem;
    private @Nullable String verb;
    private @Nullable String operand;
    private @Nullable Payload data;
    private @Nullable Payload echo;
    private @Nullable String id;
    private long timeoutMs;
    private boolean hasTimeout;
    private @Nullable Boolean members;
    private final PastKeys past = new PastKeys();
    private final OfflineKeys offline = new OfflineKeys();
    private final ConnectKeys identity = new ConnectKeys();

    Draft(byte[] text, int from) {
      this.text = text;
      this.from = from;
    }

    void refuse(String why) {
      if (problem == null) {
        problem = why;
      }
    }

    void readObject(JsonParser parser) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        refuse("a frame is a JSON object such as {\"subscribe\":\"topic\"}");
        return;
      }
      for (String key = parser.nextName(); key != null; key = parser.nextName()) {
        readMember(parser, key);
      }
      if (parser.nextToken() != null) {
        refuse("there is something after the frame's closing brace");
      }
    }

    private void readMember(JsonParser parser, String key) {
      parser.nextToken();
      switch (key) {
        case "subscribe",
            "unsubscribe",
            "publish",
            "request",
            "produce",
            "history",
            "presence",
            "watch",
            "unacked" -> {
          setVerb(key);
          operand = string(parser, key);
        }
        case "list" -> {
          setVerb(key);
          operand = parser.currentToken() == JsonToken.VALUE_TRUE ? null : string(parser, key);
        }
        case "ping" -> {
          setVerb(key);
          echo = Payload.encoded(Payload.Kind.JSON, slice(parser));
        }
        case "ack", "nack" -> {
          setVerb(key);
          refuseIf(offline.read(parser, key));
        }
        case "group", "live", "cause" -> refuseIf(offline.read(parser, key));
        case "connect" -> {
          setVerb(key);
          refuseIf(identity.read(parser));
        }
        case "data" -> readData(parser);
        case "id" -> readId(parser);
        case "timeout" -> readTimeout(parser);
        case "members" -> readMembers(parser);
        case "since", "limit", "reverse" -> refuseIf(past.read(parser, key));
        default -> refuseKey(parser, key);
      }
    }

    private void setVerb(String key) {
      if (key.equals(verb)) {
        refuse("the key \"" + key + "\" is there twice");
      } else if (verb != null) {
        refuse("a frame has one verb; this one has \"" + verb + "\" and \"" + key + "\"");
      }
      verb = key;
    }

    private @Nullable String string(JsonParser parser, String key) {
      if (parser.currentToken() == JsonToken.VALUE_STRING) {
        return parser.getString();
      }
      refuse("\"" + key + "\" must be a string" + (key.equals("list") ? " or true" : ""));
      parser.skipChildren();
      return null;
    }

    private void readData(JsonParser parser) {
      if (data != null) {
        refuse("the key \"data\" is there twice");
      }
      data = Payload.encoded(Payload.Kind.JSON, slice(parser));
    }

    private void readId(JsonParser parser) {
      if (id != null) {
        refuse("the key \"id\" is there twice");
      }
      JsonToken token = parser.currentToken();
      byte[] bytes = slice(parser);
      boolean scalar = token == JsonToken.VALUE_STRING || token.isNumeric();
      if (!scalar || bytes.length > 256) {
        refuse("\"id\" must be a string or a number of at most 256 bytes");
        return;
      }
      id = new String(bytes, StandardCharsets.UTF_8);
    }

    private void readTimeout(JsonParser parser) {
      if (hasTimeout) {
        refuse("the key \"timeout\" is there twice");
      }
      hasTimeout = true;
      if (parser.currentToken() == JsonToken.VALUE_NUMBER_INT
          && parser.getNumberType() == JsonParser.NumberType.INT
          && parser.getIntValue() > 0) {
        timeoutMs = parser.getIntValue();
        return;
      }
      refuse("\"timeout\" must be a whole number of milliseconds above 0");
      parser.skipChildren();
    }

    private void readMembers(JsonParser parser) {
      if (members != null) {
        refuse("the key \"members\" is there twice");
      }
      JsonToken token = parser.currentToken();
      members = token == JsonToken.VALUE_TRUE;
      if (!token.isBoolean()) {
        refuse("\"members\" must be true or false");
        parser.skipChildren();
      }
    }

    private void refuseIf(@Nullable String wrong) {
      if (wrong != null) {
        refuse(wrong);
      }
    }

    private void refuseKey(JsonParser parser, String key) {
      String shown = key.length() <= 64 ? key : key.substring(0, 64) + "…";
      String hint =
          Suggestion.nearest(key, KEYS)
              .map(known -> "; did you mean \"" + known + "\"?")
              .orElse("; known keys are " + String.join(", ", KEYS));
      refuse("unknown key \"" + shown + "\"" + hint);
      parser.skipChildren();
    }

    /** The bytes of the value that the parser is at, which it has then passed. */
    private byte[] slice(JsonParser parser) {
      int begin = (int) parser.currentTokenLocation().getByteOffset();
      if (parser.currentToken().isStructStart()) {
        parser.skipChildren();
      } else {
        parser.finishToken();
      }
      int end = (int) parser.currentLocation().getByteOffset();
      return Arrays.copyOfRange(text, from + begin, from + end);
    }

    TopicFrame.Inbound frame() {
      checkCompanions();
      if (problem != null) {
        return new TopicFrame.Invalid(problem, id);
      }
      if (verb == null) {
        return new TopicFrame.Invalid("a frame needs one verb of " + String.join(", ", VERBS), id);
      }
      if (verb.equals("ack")) {
        return new TopicFrame.Ack(offline.group(), offline.ids(), id);
      }
      if (verb.equals("nack")) {
        return new TopicFrame.Nack(offline.group(), offline.ids().getFirst(), offline.cause(), id);
      }
      if (verb.equals("connect")) {
        return identity.frame(id);
      }
      Payload payload = data == null ? NULL : data;
      if (verb.equals("list")) {
        return new TopicFrame.ListTopics(operand, id);
      }
      if (verb.equals("ping") && echo != null) {
        return new TopicFrame.Ping(echo);
      }
      return operand == null
          ? new TopicFrame.Invalid("no operand", id)
          : addressed(operand, payload);
    }

    private TopicFrame.Inbound addressed(String target, Payload payload) {
      return switch (String.valueOf(verb)) {
        case "subscribe" ->
            new TopicFrame.Subscribe(target, past.since(), Boolean.TRUE.equals(members), id);
        case "unsubscribe" -> new TopicFrame.Unsubscribe(target, id);
        case "publish" -> new TopicFrame.Publish(target, payload, id);
        case "produce" -> new TopicFrame.Produce(target, id);
        case "unacked" -> new TopicFrame.ReadUnacked(target, offline.isLive(), id);
        case "watch" ->
            target.equals("topics")
                ? new TopicFrame.WatchTopics(id)
                : new TopicFrame.Invalid("\"watch\" is for \"topics\"", id);
        case "presence" ->
            id == null
                ? new TopicFrame.Invalid("presence needs an \"id\" to be answered by", null)
                : new TopicFrame.ReadPresence(target, id);
        case "history" ->
            id == null
                ? new TopicFrame.Invalid("history needs an \"id\" to be answered by", null)
                : new TopicFrame.ReadHistory(
                    target, past.since(), past.limit(), past.isReverse(), id);
        default ->
            id == null
                ? new TopicFrame.Invalid("a request needs an \"id\" to be answered by", null)
                : new TopicFrame.Request(target, payload, id, timeoutMs);
      };
    }

    /** These keys stand only beside the verbs that use them. */
    private void checkCompanions() {
      boolean request = "request".equals(verb);
      if (data != null && verb != null && !request && !verb.equals("publish")) {
        refuse("\"data\" goes with publish and request, not with \"" + verb + "\"");
      }
      if (hasTimeout && verb != null && !request) {
        refuse("\"timeout\" goes with request, not with \"" + verb + "\"");
      }
      if (members != null && verb != null && !verb.equals("subscribe")) {
        refuse("\"members\" goes with subscribe, not with \"" + verb + "\"");
      }
      refuseIf(verb == null ? null : past.outOfPlace(verb));
      refuseIf(verb == null ? null : offline.outOfPlace(verb));
    }
  }
}
