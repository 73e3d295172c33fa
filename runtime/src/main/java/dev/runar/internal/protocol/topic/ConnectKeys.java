package dev.runar.internal.protocol.topic;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * What stands in {@code connect}: a token and the name of the client, while the frame is read. Not
 * for use by several threads.
 */
final class ConnectKeys {
  /** The longest name of a client, in characters. */
  static final int LONGEST_NAME = 200;

  private static final String FORM =
      "\"connect\" must be {\"token\":\"…\",\"client\":\"…\"}, each of which may be left out";
  private static final String NAME =
      "\"client\" must be a string of 1 to " + LONGEST_NAME + " characters";

  private @Nullable String token;
  private @Nullable String client;

  /** Reads the value that the parser is at; returns what is wrong with it, if anything is. */
  @Nullable String read(JsonParser parser) {
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      parser.skipChildren();
      return FORM;
    }
    String wrong = null;
    for (String name = parser.nextName(); name != null; name = parser.nextName()) {
      parser.nextToken();
      String problem = readMember(parser, name);
      wrong = wrong == null ? problem : wrong;
    }
    return wrong;
  }

  private @Nullable String readMember(JsonParser parser, String name) {
    if (parser.currentToken() != JsonToken.VALUE_STRING) {
      parser.skipChildren();
      return name.equals("client") ? NAME : FORM;
    }
    String value = parser.getString();
    switch (name) {
      case "token" -> {
        if (token != null) {
          return "the key \"token\" is there twice";
        }
        token = value;
      }
      case "client" -> {
        if (client != null) {
          return "the key \"client\" is there twice";
        }
        if (value.isEmpty() || value.length() > LONGEST_NAME) {
          return NAME;
        }
        client = value;
      }
      default -> {
        return FORM;
      }
    }
    return null;
  }

  TopicFrame.Connect frame(@Nullable String id) {
    return new TopicFrame.Connect(token == null ? "" : token, client, id);
  }
}
