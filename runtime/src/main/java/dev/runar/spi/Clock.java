package dev.runar.spi;

import java.time.Duration;

/** Time, passed in everywhere so that a test or a simulation can turn it. Any thread. */
public interface Clock {
  /** So far away that nobody waits for it, and half of what differences can say. */
  Duration FARTHEST = Duration.ofNanos(Long.MAX_VALUE / 2);

  /** The clock of this machine. */
  static Clock system() {
    return new Clock() {
      @Override
      public long nanos() {
        return System.nanoTime();
      }

      @Override
      public long wallMs() {
        return System.currentTimeMillis();
      }
    };
  }

  /** Monotonic, nanoseconds, with an arbitrary origin: only differences mean something. */
  long nanos();

  /**
   * A duration in nanoseconds, to be added to {@link #nanos()}: 146 years if it is longer, so that
   * neither the sum nor a difference to another time overflows.
   */
  static long nanosOf(Duration duration) {
    return duration.compareTo(FARTHEST) < 0 ? duration.toNanos() : FARTHEST.toNanos();
  }

  /** Wall-clock time, milliseconds since 1970; may jump. */
  long wallMs();
}
