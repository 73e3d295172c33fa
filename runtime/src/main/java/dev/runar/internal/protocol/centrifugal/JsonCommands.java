package dev.runar.internal.protocol.centrifugal;

import dev.runar.Payload;
import dev.runar.internal.protocol.JsonValue;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.JsonRecyclerPools;

/**
 * Reads the commands of one text message: JSON objects, one a line. Stateless; any thread.
 *
 * <p>They are read as a stream of tokens, and what clients tell each other is taken as the very
 * bytes that came. Keys that a command does not have are ignored, as newer clients may have more.
 * Whatever is wrong becomes an {@link CentrifugalCommand.Invalid}, with which the list ends.
 */
public final class JsonCommands {
  /** The deepest nesting of what clients tell each other. */
  static final int MAX_DEPTH = 1_000;

  /** Channels that a client can have been in. */
  static final int MOST_SUBS = 1_000;

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxNumberLength(1_000)
                  .maxNameLength(50_000)
                  .build())
          // Each lane has its own buffers: taking them from a pool costs more than a short frame.
          .recyclerPool(JsonRecyclerPools.threadLocalPool())
          .build();

  private static final String WANTED = "JSON, one command a line";

  private JsonCommands() {}

  /** Reads the text at {@code text[from..from+length)}, which is known to be UTF-8. */
  public static List<CentrifugalCommand> read(byte[] text, int from, int length) {
    try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), text, from, length)) {
      return Commands.read(new Lines(text, from, parser), WANTED);
    } catch (JacksonException _) { // it cannot even be begun, as zero bytes look like UTF-32
      return List.of(Commands.unreadable(WANTED));
    }
  }

  /** The text. */
  private static final class Lines implements Commands.Source {
    private final byte[] text;
    private final int from;
    private final JsonParser parser;

    Lines(byte[] text, int from, JsonParser parser) {
      this.text = text;
      this.from = from;
      this.parser = parser;
    }

    @Override
    public boolean hasNext() {
      return parser.nextToken() != null;
    }

    @Override
    public CentrifugalCommand next() {
      var draft = new Draft(text, from, parser);
      draft.read();
      return draft.command.command();
    }
  }

  /** One command. */
  private static final class Draft {
    final CommandDraft command = new CommandDraft();
    private final byte[] text;
    private final int from;
    private final JsonParser parser;

    Draft(byte[] text, int from, JsonParser parser) {
      this.text = text;
      this.from = from;
      this.parser = parser;
    }

    void read() {
      if (parser.currentToken() != JsonToken.START_OBJECT) {
        command.refuse("a command is a JSON object such as {\"id\":1,\"connect\":{}}");
        return;
      }
      for (String key = parser.nextName(); key != null; key = parser.nextName()) {
        JsonToken token = parser.nextToken();
        if (key.equals("id")) {
          command.id = number(key, CommandDraft.LARGEST_ID);
          continue;
        }
        CommandDraft.Verb verb = CommandDraft.Verb.of(key).orElse(null);
        if (verb == null || token == JsonToken.VALUE_NULL) {
          parser.skipChildren();
        } else if (token == JsonToken.START_OBJECT) {
          command.verbs.add(verb);
          readParameters();
        } else {
          refuseType(key, "an object");
        }
      }
    }

    private void readParameters() {
      for (String key = parser.nextName(); key != null; key = parser.nextName()) {
        if (parser.nextToken() != JsonToken.VALUE_NULL) {
          readParameter(key);
        } else if (key.equals("data")) {
          command.data = Payload.json("null");
        }
      }
    }

    private void readParameter(String key) {
      switch (key) {
        case "channel" -> command.channel = string(key);
        case "token" -> command.token = string(key);
        case "name" -> command.name = string(key);
        case "version" -> command.version = string(key);
        case "method" -> command.method = string(key);
        case "epoch" -> command.epoch = string(key);
        case "recover" -> command.recover = truth(key);
        case "reverse" -> command.reverse = truth(key);
        case "offset" -> command.offset = number(key, Long.MAX_VALUE);
        case "limit" -> command.limit = limit();
        case "type" -> command.type = (int) number(key, Integer.MAX_VALUE);
        case "data" ->
            command.data = Payload.encoded(Payload.Kind.JSON, JsonValue.slice(parser, text, from));
        case "since" -> command.since = position();
        case "subs" -> readSubs();
        case "tf" -> {
          command.isFiltered = true;
          parser.skipChildren();
        }
        default -> parser.skipChildren();
      }
    }

    /** Where the client was in each channel; what else is said of them is of no interest. */
    private void readSubs() {
      if (parser.currentToken() != JsonToken.START_OBJECT) {
        refuseType("subs", "an object");
        return;
      }
      for (String name = parser.nextName(); name != null; name = parser.nextName()) {
        parser.nextToken();
        StreamPosition position = position();
        if (command.subs.size() < MOST_SUBS) {
          command.subs.put(name, position);
        } else {
          command.refuse("\"subs\" holds at most " + MOST_SUBS + " channels");
        }
      }
    }

    private StreamPosition position() {
      long offset = 0;
      String epoch = "";
      if (parser.currentToken() != JsonToken.START_OBJECT) {
        refuseType("a position", "an object");
        return new StreamPosition(offset, epoch);
      }
      for (String key = parser.nextName(); key != null; key = parser.nextName()) {
        JsonToken token = parser.nextToken();
        if (key.equals("offset") && token != JsonToken.VALUE_NULL) {
          offset = number(key, Long.MAX_VALUE);
        } else if (key.equals("epoch") && token != JsonToken.VALUE_NULL) {
          epoch = string(key);
        } else {
          parser.skipChildren();
        }
      }
      return new StreamPosition(offset, epoch);
    }

    private String string(String key) {
      if (parser.currentToken() == JsonToken.VALUE_STRING) {
        return parser.getString();
      }
      refuseType(key, "a string");
      return "";
    }

    private boolean truth(String key) {
      boolean isTrue = parser.currentToken() == JsonToken.VALUE_TRUE;
      if (!isTrue && parser.currentToken() != JsonToken.VALUE_FALSE) {
        refuseType(key, "true or false");
      }
      return isTrue;
    }

    private long number(String key, long most) {
      if (isWhole() && parser.getLongValue() >= 0 && parser.getLongValue() <= most) {
        return parser.getLongValue();
      }
      refuseType(key, "a whole number from 0 to " + most);
      return 0;
    }

    private int limit() {
      if (isWhole() && parser.getLongValue() == (int) parser.getLongValue()) {
        return (int) parser.getLongValue();
      }
      refuseType("limit", "a whole number of 32 bits");
      return 0;
    }

    private boolean isWhole() {
      return parser.currentToken() == JsonToken.VALUE_NUMBER_INT
          && parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER;
    }

    private void refuseType(String key, String wanted) {
      command.refuse(key + " must be " + wanted);
      parser.skipChildren();
    }
  }
}
