package dev.runar.internal.json;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import tools.jackson.core.io.JsonStringEncoder;

/**
 * Puts JSON text together as UTF-8 bytes, from parts that are JSON already and strings that are
 * not. Not for use by several threads.
 */
public final class JsonBytes {
  private byte[] bytes;
  private int length;

  public JsonBytes(int expectedLength) {
    bytes = new byte[Math.max(16, expectedLength)];
  }

  /** Appends text that is JSON already and holds ASCII only. */
  @SuppressWarnings(
      "deprecation") // what it does to other characters; as one copy it is the fastest
  public JsonBytes ascii(String json) {
    int size = json.length();
    grow(size);
    json.getBytes(0, size, bytes, length);
    length += size;
    return this;
  }

  /** Appends text that is JSON already. */
  public JsonBytes json(String json) {
    return raw(json.getBytes(StandardCharsets.UTF_8));
  }

  /** Appends bytes that are JSON already. */
  public JsonBytes raw(byte[] json) {
    grow(json.length);
    System.arraycopy(json, 0, bytes, length, json.length);
    length += json.length;
    return this;
  }

  /** Appends a string value: quoted and escaped. */
  public JsonBytes string(String value) {
    JsonBytes begun = ascii("\"");
    return (isPlain(value) ? begun.ascii(value) : begun.raw(quoted(value))).ascii("\"");
  }

  /** It is the same between quotation marks. */
  private static boolean isPlain(String value) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c < ' ' || c > '~' || c == '"' || c == '\\') {
        return false;
      }
    }
    return true;
  }

  /**
   * A text as it stands between the quotation marks of a JSON string. Half of a surrogate pair,
   * which JSON can spell and UTF-8 cannot, becomes a question mark.
   */
  public static byte[] quoted(String value) {
    try {
      return JsonStringEncoder.getInstance().quoteAsUTF8(value);
    } catch (IllegalArgumentException e) {
      String whole = new String(value.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
      return JsonStringEncoder.getInstance().quoteAsUTF8(whole);
    }
  }

  /** Appends a number. */
  public JsonBytes number(long value) {
    return ascii(Long.toString(value));
  }

  /** What was put together; the builder must not be used again. */
  public byte[] done() {
    return length == bytes.length ? bytes : Arrays.copyOf(bytes, length);
  }

  private void grow(int more) {
    if (length + more > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(length + more, bytes.length * 2));
    }
  }
}
