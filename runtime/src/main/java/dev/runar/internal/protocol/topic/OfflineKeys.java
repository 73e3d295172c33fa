package dev.runar.internal.protocol.topic;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * The keys of a frame that speaks of messages of an offline queue: {@code ack}, {@code nack},
 * {@code group}, {@code live} and {@code cause}, while the frame is read. Not for use by several
 * threads.
 */
final class OfflineKeys {
  /** The most messages that are acknowledged by one frame. */
  static final int MOST_IDS = 1_000;

  private static final int MOST_CAUSE = 1_000;

  private List<Long> ids = List.of();
  private @Nullable String group;
  private @Nullable String cause;
  private @Nullable Boolean live;

  /** Reads the value that the parser is at; returns what is wrong with it, if anything is. */
  @Nullable String read(JsonParser parser, String key) {
    if (has(key)) {
      parser.skipChildren();
      return "the key \"" + key + "\" is there twice";
    }
    return switch (key) {
      case "ack" -> readIds(parser);
      case "nack" -> readId(parser);
      case "live" -> readLive(parser);
      default -> readText(parser, key);
    };
  }

  private boolean has(String key) {
    return switch (key) {
      case "group" -> group != null;
      case "cause" -> cause != null;
      case "live" -> live != null;
      default -> false; // a verb
    };
  }

  private @Nullable String readIds(JsonParser parser) {
    if (parser.currentToken() != JsonToken.START_ARRAY) {
      return readOne(parser, "\"ack\" must be the number of a message, or an array of them");
    }
    var all = new ArrayList<Long>();
    boolean isOdd = false;
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      if (isId(parser) && all.size() <= MOST_IDS) {
        all.add(parser.getLongValue());
      } else {
        isOdd |= !isId(parser);
        parser.skipChildren();
      }
    }
    ids = List.copyOf(all);
    if (isOdd || ids.isEmpty()) {
      return "\"ack\" must have the numbers of messages, whole and above 0";
    }
    return ids.size() > MOST_IDS ? "\"ack\" may have " + MOST_IDS + " numbers at most" : null;
  }

  private @Nullable String readId(JsonParser parser) {
    return readOne(parser, "\"nack\" must be the number of a message, whole and above 0");
  }

  private @Nullable String readOne(JsonParser parser, String problem) {
    if (isId(parser)) {
      ids = List.of(parser.getLongValue());
      return null;
    }
    parser.skipChildren();
    return problem;
  }

  private static boolean isId(JsonParser parser) {
    return parser.currentToken() == JsonToken.VALUE_NUMBER_INT
        && parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER
        && parser.getLongValue() > 0;
  }

  private @Nullable String readLive(JsonParser parser) {
    JsonToken token = parser.currentToken();
    if (token == JsonToken.VALUE_TRUE || token == JsonToken.VALUE_FALSE) {
      live = token == JsonToken.VALUE_TRUE;
      return null;
    }
    parser.skipChildren();
    return "\"live\" must be true or false";
  }

  private @Nullable String readText(JsonParser parser, String key) {
    if (parser.currentToken() != JsonToken.VALUE_STRING) {
      parser.skipChildren();
      return "\"" + key + "\" must be a string";
    }
    String text = parser.getString();
    if (key.equals("group")) {
      group = text;
    } else {
      cause = text.length() > MOST_CAUSE ? text.substring(0, MOST_CAUSE) : text;
    }
    return null;
  }

  List<Long> ids() {
    return ids;
  }

  String group() {
    return group == null ? "" : group;
  }

  String cause() {
    return cause == null ? "" : cause;
  }

  /** Whether messages that come later are wanted too. */
  boolean isLive() {
    return !Boolean.FALSE.equals(live);
  }

  /** What stands beside a verb that does not use it, or is missing beside one that does. */
  @Nullable String outOfPlace(String verb) {
    boolean isOfGroup = verb.equals("ack") || verb.equals("nack");
    if (live != null && !verb.equals("unacked")) {
      return "\"live\" goes with unacked, not with \"" + verb + "\"";
    }
    if (cause != null && !verb.equals("nack")) {
      return "\"cause\" goes with nack, not with \"" + verb + "\"";
    }
    if (group != null && !isOfGroup) {
      return "\"group\" goes with ack and nack, not with \"" + verb + "\"";
    }
    return group == null && isOfGroup ? "\"" + verb + "\" needs a \"group\"" : null;
  }
}
