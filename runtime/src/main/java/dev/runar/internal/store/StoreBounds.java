package dev.runar.internal.store;

import dev.runar.spi.StoreException;
import dev.runar.spi.StoreException.Reason;

/**
 * How much a store takes. What goes beyond is refused to whoever appends it, and counted.
 *
 * @param bytes of entries that wait, with what goes with them; the files of a log take up to twice
 *     as much and a segment
 * @param entries that wait
 * @param waitingBytes of operations that are not acknowledged yet; removals, which make room, are
 *     taken up to twice as many
 */
record StoreBounds(long bytes, long entries, long waitingBytes) {
  static final StoreBounds DEFAULT = new StoreBounds(1L << 30, 1_000_000, 16L << 20);

  /**
   * Lets an append pass.
   *
   * @throws StoreException {@code FULL}
   */
  void checkRoom(long heldBytes, long heldEntries) {
    if (heldBytes > bytes || heldEntries > entries) {
      throw new StoreException(
          Reason.FULL,
          "the store holds "
              + (heldBytes > bytes ? bytes + " bytes" : entries + " entries")
              + " already, see store in docs/configuration.md; acknowledge or remove what waits");
    }
  }

  /**
   * Lets an append pass.
   *
   * @throws StoreException {@code OVERLOADED}
   */
  void checkWaiting(long waiting) {
    check(waiting, waitingBytes);
  }

  /**
   * Lets a removal pass.
   *
   * @throws StoreException {@code OVERLOADED}
   */
  void checkWaitingRemovals(long waiting) {
    check(waiting, 2 * waitingBytes);
  }

  private static void check(long waiting, long most) {
    if (waiting > most) {
      throw new StoreException(
          Reason.OVERLOADED,
          "more than " + most + " bytes wait for the store's disk; try again later");
    }
  }
}
