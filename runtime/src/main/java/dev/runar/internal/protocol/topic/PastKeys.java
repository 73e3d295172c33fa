package dev.runar.internal.protocol.topic;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * The keys of a frame that ask for the past: {@code since}, {@code limit} and {@code reverse},
 * while the frame is read. Not for use by several threads.
 */
final class PastKeys {
  /** Of a page of history, if the client does not say. */
  private static final int USUAL = 100;

  private static final String SINCE =
      "\"since\" must be {\"offset\":n,\"epoch\":\"E\"}, n from 0, as \"subscribed\" tells them";
  private static final String LIMIT =
      "\"limit\" must be a whole number from 0 to " + TopicReader.MOST_LISTED;

  private TopicFrame.@Nullable Since since;
  private int limit = -1;
  private @Nullable Boolean reverse;

  /** Reads the value that the parser is at; returns what is wrong with it, if anything is. */
  @Nullable String read(JsonParser parser, String key) {
    if (has(key)) {
      parser.skipChildren();
      return "the key \"" + key + "\" is there twice";
    }
    return switch (key) {
      case "since" -> readSince(parser);
      case "limit" -> readLimit(parser);
      default -> readReverse(parser);
    };
  }

  private boolean has(String key) {
    return switch (key) {
      case "since" -> since != null;
      case "limit" -> limit >= 0;
      default -> reverse != null;
    };
  }

  private @Nullable String readSince(JsonParser parser) {
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      parser.skipChildren();
      return SINCE;
    }
    long offset = -1;
    String epoch = null;
    boolean isOdd = false;
    for (String name = parser.nextName(); name != null; name = parser.nextName()) {
      parser.nextToken();
      if (name.equals("offset") && isLong(parser)) {
        offset = parser.getLongValue();
      } else if (name.equals("epoch") && parser.currentToken() == JsonToken.VALUE_STRING) {
        epoch = parser.getString();
      } else {
        isOdd = true;
        parser.skipChildren();
      }
    }
    if (isOdd || offset < 0 || epoch == null) {
      return SINCE;
    }
    since = new TopicFrame.Since(offset, epoch);
    return null;
  }

  private static boolean isLong(JsonParser parser) {
    return parser.currentToken() == JsonToken.VALUE_NUMBER_INT
        && parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER;
  }

  private @Nullable String readLimit(JsonParser parser) {
    if (isLong(parser)
        && parser.getLongValue() >= 0
        && parser.getLongValue() <= TopicReader.MOST_LISTED) {
      limit = (int) parser.getLongValue();
      return null;
    }
    parser.skipChildren();
    return LIMIT;
  }

  private @Nullable String readReverse(JsonParser parser) {
    JsonToken token = parser.currentToken();
    if (token == JsonToken.VALUE_TRUE || token == JsonToken.VALUE_FALSE) {
      reverse = token == JsonToken.VALUE_TRUE;
      return null;
    }
    parser.skipChildren();
    return "\"reverse\" must be true or false";
  }

  TopicFrame.@Nullable Since since() {
    return since;
  }

  int limit() {
    return limit < 0 ? USUAL : limit;
  }

  boolean isReverse() {
    return Boolean.TRUE.equals(reverse);
  }

  /** What stands beside a verb that does not use it. */
  @Nullable String outOfPlace(String verb) {
    boolean isHistory = verb.equals("history");
    if (since != null && !isHistory && !verb.equals("subscribe")) {
      return "\"since\" goes with subscribe and history, not with \"" + verb + "\"";
    }
    if ((limit >= 0 || reverse != null) && !isHistory) {
      return "\"limit\" and \"reverse\" go with history, not with \"" + verb + "\"";
    }
    return null;
  }
}
