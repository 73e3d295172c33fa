package dev.runar.internal.protocol.pusher;

import dev.runar.Payload;
import dev.runar.internal.json.JsonBytes;
import dev.runar.internal.protocol.JsonValue;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * What is published on the topic of a channel: {@code {"event":…,"data":…}}, so that subscribers of
 * every kind see the same. Immutable; any thread.
 *
 * @param event its name
 * @param data JSON
 * @param userId who sent it, if a member of a presence channel did
 * @param except the socket id of the session that does not get it
 */
public record ChannelEvent(
    String event, Payload data, @Nullable String userId, @Nullable String except) {
  /** The name of what was published without one. */
  public static final String UNNAMED = "message";

  private static final JsonFactory JSON = JsonFactory.builder().build();
  private static final Payload NULL = Payload.json("null");
  private static final byte[] EXCEPT = ascii("{\"socketId\":\"");
  private static final byte[] EVENT = ascii("{\"event\":\"");
  private static final byte[] NEXT_EVENT = ascii(",\"event\":\"");
  private static final byte[] DATA = ascii(",\"data\":\"");

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** As it is published. */
  public Payload payload() {
    var json = new JsonBytes(data.size() + event.length() + 64);
    // First, so that publishing needs no parser to find it.
    if (except == null) {
      json.ascii("{");
    } else {
      json.raw(EXCEPT).ascii(except).ascii("\",");
    }
    json.ascii("\"event\":").string(event).ascii(",\"data\":").raw(data.encoded());
    if (userId != null) {
      json.ascii(",\"userId\":").string(userId);
    }
    return Payload.encoded(Payload.Kind.JSON, json.ascii("}").done());
  }

  /** The socket id that {@link #payload} was written with, if any. */
  public static @Nullable String exceptOf(Payload payload) {
    if (payload.kind() != Payload.Kind.JSON) {
      return null;
    }
    byte[] bytes = payload.encoded();
    int begin = EXCEPT.length;
    int end = stands(EXCEPT, bytes, 0) ? endOfText(bytes, begin) : -1;
    return end < 0 ? null : string(bytes, begin, end);
  }

  private static boolean stands(byte[] part, byte[] text, int at) {
    int end = at + part.length;
    return end <= text.length && Arrays.equals(part, 0, part.length, text, at, end);
  }

  /** Where the quotation mark stands that ends a string without escapes; -1: it has some. */
  private static int endOfText(byte[] text, int from) {
    for (int i = from; i < text.length; i++) {
      if (text[i] == '"') {
        return i;
      }
      if (text[i] == '\\' || (text[i] & 0xff) < ' ') {
        return -1;
      }
    }
    return -1;
  }

  /**
   * Reads what was published, by whomever: what is no channel event is the data of an unnamed one.
   */
  public static ChannelEvent read(Payload payload) {
    if (payload.kind() == Payload.Kind.BYTES) {
      return unnamed(NULL);
    }
    byte[] text = payload.encoded();
    ChannelEvent usual = readUsual(text);
    if (usual != null) {
      return usual;
    }
    try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), text)) {
      return parser.nextToken() == JsonToken.START_OBJECT
          ? read(parser, payload)
          : unnamed(payload);
    } catch (JacksonException e) {
      return unnamed(payload);
    }
  }

  /**
   * Reads what {@link #payload} writes where data is a string without escapes and nothing follows
   * it: most events are so, and need no parser. Null: it is another one.
   */
  private static @Nullable ChannelEvent readUsual(byte[] text) {
    boolean hasExcept = stands(EXCEPT, text, 0);
    int exceptEnd = hasExcept ? endOfText(text, EXCEPT.length) : -1;
    byte[] before = hasExcept ? NEXT_EVENT : EVENT;
    int name = exceptEnd + 1 + before.length;
    if ((hasExcept && exceptEnd < 0) || !stands(before, text, exceptEnd + 1)) {
      return null;
    }
    int nameEnd = endOfText(text, name);
    int data = nameEnd + DATA.length; // with its quotation marks
    if (nameEnd < 0 || !stands(DATA, text, nameEnd + 1)) {
      return null;
    }
    int dataEnd = endOfText(text, data + 1);
    if (dataEnd < 0 || dataEnd + 2 != text.length) {
      return null;
    }
    return new ChannelEvent(
        string(text, name, nameEnd),
        json(Arrays.copyOfRange(text, data, dataEnd + 1)),
        null,
        hasExcept ? string(text, EXCEPT.length, exceptEnd) : null);
  }

  private static String string(byte[] text, int from, int end) {
    return new String(text, from, end - from, StandardCharsets.UTF_8);
  }

  private static ChannelEvent unnamed(Payload data) {
    return new ChannelEvent(UNNAMED, data, null, null);
  }

  private static ChannelEvent read(JsonParser parser, Payload whole) {
    String event = null;
    Payload data = NULL;
    String userId = null;
    String except = null;
    for (String key = parser.nextName(); key != null; key = parser.nextName()) {
      boolean isText = parser.nextToken() == JsonToken.VALUE_STRING;
      switch (key) {
        case "event" -> event = isText ? parser.getString() : null;
        case "userId" -> userId = isText ? parser.getString() : null;
        case "socketId" -> except = isText ? parser.getString() : null;
        case "data" -> data = json(JsonValue.slice(parser, whole.encoded(), 0));
        default -> parser.skipChildren();
      }
    }
    return event == null ? unnamed(whole) : new ChannelEvent(event, data, userId, except);
  }

  private static Payload json(byte[] bytes) {
    return Payload.encoded(Payload.Kind.JSON, bytes);
  }

  /** Whether a client sent it: then its data stays the JSON that it was. */
  public boolean isOfClient() {
    return event.startsWith("client-");
  }
}
