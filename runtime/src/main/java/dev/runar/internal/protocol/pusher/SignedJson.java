package dev.runar.internal.protocol.pusher;

import dev.runar.Payload;
import dev.runar.internal.protocol.JsonValue;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/** Reads the JSON objects that a server signed as a text. Stateless; any thread. */
final class SignedJson {
  private static final JsonFactory JSON = JsonFactory.builder().build();

  private SignedJson() {}

  /** Takes one member of the object: the parser is at its value, and has to be taken past it. */
  interface Member {
    void take(String key, JsonParser parser, byte[] text);
  }

  /** Goes through all members; false: the text is no JSON object, or there is more behind it. */
  static boolean read(String json, Member member) {
    byte[] text = json.getBytes(StandardCharsets.UTF_8);
    try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), text)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return false;
      }
      for (String key = parser.nextName(); key != null; key = parser.nextName()) {
        parser.nextToken();
        member.take(key, parser, text);
      }
      return parser.nextToken() == null;
    } catch (JacksonException e) {
      return false;
    }
  }

  /** A value as it was signed. */
  static Payload value(JsonParser parser, byte[] text) {
    return Payload.encoded(Payload.Kind.JSON, JsonValue.slice(parser, text, 0));
  }

  /** An id: a text, or a number as it is written; null for anything else and for an empty one. */
  static @Nullable String id(JsonParser parser) {
    return switch (parser.currentToken()) {
      case VALUE_STRING, VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> {
        String id = parser.getString();
        yield id.isEmpty() ? null : id;
      }
      default -> {
        parser.skipChildren();
        yield null;
      }
    };
  }
}
