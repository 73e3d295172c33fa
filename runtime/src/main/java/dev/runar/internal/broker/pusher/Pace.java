package dev.runar.internal.broker.pusher;

import dev.runar.spi.Clock;

/** Counts what a client does in a stretch of time, and begins anew with the next. One thread. */
final class Pace {
  private final Clock clock;
  private long beganNanos;
  private int count;

  Pace(Clock clock) {
    this.clock = clock;
    this.beganNanos = clock.nanos();
  }

  /** Counts one more; false when it is one too many. */
  boolean allows(int bound, long perNanos) {
    long now = clock.nanos();
    if (now - beganNanos >= perNanos) {
      beganNanos = now;
      count = 0;
    }
    if (count >= bound) {
      return false;
    }
    count++;
    return true;
  }
}
