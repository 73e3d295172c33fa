package dev.runar.internal.http.pusher;

/**
 * Numbers that are spread evenly already, in 8 to 24 bytes each. Not for use by several threads.
 */
final class LongSet {
  private long[] slots = new long[4]; // 0: free
  private boolean hasZero;
  private int size;

  /** Adds one; false: it was there. */
  boolean add(long number) {
    if (number == 0) {
      boolean isNew = !hasZero;
      hasZero = true;
      return isNew;
    }
    int at = find(slots, number);
    if (slots[at] == number) {
      return false;
    }
    slots[at] = number;
    if (++size * 3L > slots.length * 2L) {
      grow();
    }
    return true;
  }

  int size() {
    return size + (hasZero ? 1 : 0);
  }

  private void grow() {
    var larger = new long[slots.length * 2];
    for (long number : slots) {
      if (number != 0) {
        larger[find(larger, number)] = number;
      }
    }
    slots = larger;
  }

  private static int find(long[] slots, long number) {
    int at = (int) (number & (slots.length - 1));
    while (slots[at] != 0 && slots[at] != number) {
      at = (at + 1) & (slots.length - 1);
    }
    return at;
  }
}
