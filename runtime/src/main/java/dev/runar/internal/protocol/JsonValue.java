package dev.runar.internal.protocol;

import java.util.Arrays;
import tools.jackson.core.JsonParser;

/** One value inside of a JSON text, as the bytes that it came in. Stateless; any thread. */
public final class JsonValue {
  private JsonValue() {}

  /**
   * The bytes of the value that the parser is at, which it has then passed.
   *
   * @param from where the parser's text begins in {@code text}
   */
  public static byte[] slice(JsonParser parser, byte[] text, int from) {
    int begin = (int) parser.currentTokenLocation().getByteOffset();
    if (parser.currentToken().isStructStart()) {
      parser.skipChildren();
    } else {
      parser.finishToken();
    }
    int end = (int) parser.currentLocation().getByteOffset();
    return Arrays.copyOfRange(text, from + begin, from + end);
  }
}
