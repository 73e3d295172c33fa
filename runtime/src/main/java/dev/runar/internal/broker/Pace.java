package dev.runar.internal.broker;

import dev.runar.spi.Clock;

/**
 * A token bucket of one client: it may do so much at once, and as much comes again, evenly, in a
 * stretch of time. One thread.
 */
public final class Pace {
  private final Clock clock;
  private double tokens = Double.POSITIVE_INFINITY; // full, whatever the bound is
  private long takenNanos;

  /** A full one. */
  public Pace(Clock clock) {
    this.clock = clock;
    this.takenNanos = clock.nanos();
  }

  /** Counts one more; false when it is one too many, which does not count. */
  public boolean allows(int bound, long perNanos) {
    long now = clock.nanos();
    tokens = Math.min(bound, tokens + (double) (now - takenNanos) / perNanos * bound);
    takenNanos = now;
    if (tokens < 1) {
      return false;
    }
    tokens--;
    return true;
  }
}
