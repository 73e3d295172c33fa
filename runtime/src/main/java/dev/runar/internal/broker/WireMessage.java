package dev.runar.internal.broker;

/**
 * A message in the words of one dialect, made once for all who get it. The bytes are not changed by
 * anybody. Any thread.
 *
 * @param isBinary a binary message, not text
 */
@SuppressWarnings("ArrayRecordComponent") // never compared; a copy for each would cost
public record WireMessage(byte[] bytes, boolean isBinary) {
  public static WireMessage text(byte[] utf8) {
    return new WireMessage(utf8, false);
  }

  public static WireMessage binary(byte[] bytes) {
    return new WireMessage(bytes, true);
  }
}
