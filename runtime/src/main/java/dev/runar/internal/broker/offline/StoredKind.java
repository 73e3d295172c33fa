package dev.runar.internal.broker.offline;

import dev.runar.Payload;
import java.util.Arrays;
import java.util.Optional;

/** The kind of a payload as a byte in a store: these never change. Stateless; any thread. */
public final class StoredKind {
  private StoredKind() {}

  /** The byte of a kind. */
  public static byte code(Payload.Kind kind) {
    return switch (kind) {
      case JSON -> 0;
      case RICH -> 1;
      case BYTES -> 2;
    };
  }

  /** The kind of a byte; empty: a later version wrote it. */
  public static Optional<Payload.Kind> of(byte code) {
    return Arrays.stream(Payload.Kind.values()).filter(known -> code(known) == code).findFirst();
  }
}
