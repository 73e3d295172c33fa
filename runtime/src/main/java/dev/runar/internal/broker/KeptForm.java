package dev.runar.internal.broker;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.runar.Payload;
import dev.runar.internal.broker.offline.StoredKind;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/**
 * An entry's body, as a channel keeps it in the store. Immutable.
 *
 * @param payload of a publication, else nothing
 */
record KeptForm(What what, long atMs, long offset, String epoch, Payload payload) {
  /** What an entry says; its byte never changes. */
  enum What {
    PUBLICATION(0),
    /** This offset, and maybe others before it, could not be kept. */
    HOLE(1),
    /** From behind this offset on the channel is in this epoch. */
    EPOCH(2);

    private final byte code;

    What(int code) {
      this.code = (byte) code;
    }

    static Optional<What> of(byte code) {
      return Arrays.stream(values()).filter(known -> known.code == code).findFirst();
    }
  }

  private static final byte VERSION = 1;
  private static final Payload NOTHING = Payload.bytes(new byte[0]);

  static KeptForm mark(What what, long atMs, long offset, String epoch) {
    return new KeptForm(what, atMs, offset, epoch, NOTHING);
  }

  byte[] bytes() {
    byte[] name = epoch.getBytes(UTF_8);
    byte[] encoded = payload.encoded();
    return ByteBuffer.allocate(HEAD + name.length + encoded.length)
        .put(VERSION)
        .put(what.code)
        .putLong(atMs)
        .putLong(offset)
        .put(StoredKind.code(payload.kind()))
        .put((byte) name.length)
        .put(name)
        .put(encoded)
        .array();
  }

  private static final int HEAD = 20;

  /** Reads one; empty: a later version wrote it. */
  static Optional<KeptForm> read(byte[] body) {
    var from = ByteBuffer.wrap(body);
    if (from.remaining() < HEAD || from.get() != VERSION) {
      return Optional.empty();
    }
    Optional<What> what = What.of(from.get());
    long atMs = from.getLong();
    long offset = from.getLong();
    Optional<Payload.Kind> kind = StoredKind.of(from.get());
    var name = new byte[from.get()];
    if (name.length > from.remaining()) {
      return Optional.empty();
    }
    from.get(name);
    var encoded = new byte[from.remaining()];
    from.get(encoded);
    return what.flatMap(
        says ->
            kind.map(
                known ->
                    new KeptForm(
                        says,
                        atMs,
                        offset,
                        new String(name, UTF_8),
                        Payload.encoded(known, encoded))));
  }
}
