package dev.runar.internal.broker;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Bounds the lines that clients can make this side write into its log: so many a second, and the
 * next line says how many were left out before it. Any thread.
 */
public final class LogRate {
  private final LongSupplier nanos;
  private final int perSecond;
  private long second; // this and the next two under this lock
  private int written;
  private long leftOut;

  /** Counts seconds by this clock. */
  public LogRate(LongSupplier nanos, int perSecond) {
    this.nanos = nanos;
    this.perSecond = perSecond;
    this.second = nanos.getAsLong();
  }

  /** How many were left out before this one, or -1 if this one is left out, too. */
  public synchronized long admit() {
    long now = nanos.getAsLong();
    if (now - second >= TimeUnit.SECONDS.toNanos(1)) {
      second = now;
      written = 0;
    }
    if (written == perSecond) {
      leftOut++;
      return -1;
    }
    written++;
    long unseen = leftOut;
    leftOut = 0;
    return unseen;
  }

  /** What a line says of those before it; empty: none was left out. */
  public static String notShown(long leftOut) {
    return leftOut == 0 ? "" : " (" + leftOut + " before it are not shown)";
  }
}
