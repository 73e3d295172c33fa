package dev.runar.internal.broker;

import dev.runar.Payload;
import dev.runar.Payload.Kind;
import java.nio.charset.StandardCharsets;

/**
 * A message to single sessions, encoded once. Immutable; any thread.
 *
 * @param bytes the message
 * @param isBinary a binary message, not text
 */
record Outgoing(Payload bytes, boolean isBinary) {

  static Outgoing text(byte[] utf8) {
    return new Outgoing(Payload.encoded(Kind.JSON, utf8), false);
  }

  /** Bytes as binary, a string as its text, anything else as its JSON text. */
  static Outgoing of(Payload message) {
    if (message.kind() == Kind.BYTES) {
      return new Outgoing(message, true);
    }
    if (mayBeString(message) && message.value() instanceof String string) {
      return text(string.getBytes(StandardCharsets.UTF_8));
    }
    return new Outgoing(message, false);
  }

  WireMessage wire() {
    return new WireMessage(bytes.encoded(), isBinary);
  }

  void writeTo(Connection connection) {
    if (isBinary) {
      connection.writeBinary(bytes.encoded());
    } else {
      connection.writeText(bytes.encoded());
    }
  }

  int size() {
    return bytes.encoded().length;
  }

  /** Saves the decoding of what begins like an object or a number. */
  private static boolean mayBeString(Payload message) {
    if (message.kind() != Kind.JSON) {
      return false;
    }
    if (message.isDecoded()) {
      return true;
    }
    byte[] encoded = message.encoded();
    return encoded.length > 0 && encoded[0] == '"';
  }
}
