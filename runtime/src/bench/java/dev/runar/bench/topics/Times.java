package dev.runar.bench.topics;

import java.util.Arrays;

/** How long packets were on their way. For one thread. */
final class Times {
  private static final int MOST = 4 << 20;

  private final long[] nanos = new long[MOST];
  private int count;

  /** A packet has come that was written at this time. */
  void add(long writtenNanos) {
    if (count < MOST) {
      nanos[count++] = System.nanoTime() - writtenNanos;
    }
  }

  void clear() {
    count = 0;
  }

  /** In microseconds. */
  long percentile(double share) {
    if (count == 0) {
      return 0;
    }
    long[] sorted = Arrays.copyOf(nanos, count);
    Arrays.sort(sorted);
    return sorted[(int) Math.min(count - 1, count * share)] / 1_000;
  }
}
