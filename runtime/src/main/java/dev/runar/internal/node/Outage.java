package dev.runar.internal.node;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Something that fails again and again, to be logged once: an outage is over when nothing has
 * failed for a minute. Any thread.
 */
public final class Outage {
  private static final long QUIET_NANOS = TimeUnit.MINUTES.toNanos(1);
  private static final long NEVER = Long.MIN_VALUE;

  private final AtomicLong lastNanos = new AtomicLong(NEVER);

  /**
   * It fails once more.
   *
   * @param nanos a monotonic clock
   * @return whether this is the first failure of an outage
   */
  public boolean begins(long nanos) {
    long last = lastNanos.getAndSet(nanos);
    return last == NEVER || nanos - last > QUIET_NANOS;
  }
}
