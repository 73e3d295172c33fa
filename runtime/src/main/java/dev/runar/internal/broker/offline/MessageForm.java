package dev.runar.internal.broker.offline;

import dev.runar.Payload;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * A message as bytes in the store. Immutable.
 *
 * @param offeredAtMs milliseconds since 1970
 */
record MessageForm(long offeredAtMs, Payload payload) {
  private static final byte VERSION = 1;

  /** Bytes beside those of the payload. */
  static final int HEAD = 10;

  byte[] bytes() {
    byte[] encoded = payload.encoded();
    return ByteBuffer.allocate(HEAD + encoded.length)
        .put(VERSION)
        .putLong(offeredAtMs)
        .put(StoredKind.code(payload.kind()))
        .put(encoded)
        .array();
  }

  /** Reads them; empty: a later version wrote them. */
  static Optional<MessageForm> read(byte[] bytes) {
    var from = ByteBuffer.wrap(bytes);
    if (bytes.length < HEAD || from.get() != VERSION) {
      return Optional.empty();
    }
    long offeredAtMs = from.getLong();
    Optional<Payload.Kind> kind = StoredKind.of(from.get());
    var encoded = new byte[from.remaining()];
    from.get(encoded);
    return kind.map(known -> new MessageForm(offeredAtMs, Payload.encoded(known, encoded)));
  }
}
