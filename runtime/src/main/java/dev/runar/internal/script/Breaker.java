package dev.runar.internal.script;

import dev.runar.Supervision;
import dev.runar.spi.Clock;
import java.time.Duration;
import java.util.ArrayDeque;

/**
 * Counts the deaths of a script and says when the next try is made: at once, or, after too many
 * within a time, later, and later each time. One that lives for that time closes the breaker.
 * Guarded by its user.
 */
final class Breaker {
  private static final long MAX_BACK_OFF_NANOS = 60_000_000_000L;

  private final int most;
  private final long withinNanos;
  private final long backOffNanos;
  private final ArrayDeque<Long> deaths = new ArrayDeque<>();
  private int opened;

  Breaker(Supervision supervision) {
    this.most = supervision.deaths();
    this.withinNanos = Clock.nanosOf(supervision.within());
    this.backOffNanos = Clock.nanosOf(supervision.backOff());
  }

  /**
   * Counts a death.
   *
   * @return how long to wait before the next try, in ns; 0: the breaker is closed
   */
  long died(long bornNanos, long nowNanos) {
    if (nowNanos - bornNanos > withinNanos) {
      opened = 0;
    }
    deaths.addLast(nowNanos);
    deaths.removeIf(each -> nowNanos - each > withinNanos);
    if (deaths.size() < most && opened == 0) {
      return 0;
    }
    long backOff =
        Math.min(MAX_BACK_OFF_NANOS, backOffNanos << Math.min(opened, 16)); // doubles each time
    opened++;
    return backOff;
  }

  /** What callers are told while the script is away for that long. */
  String why(long backOffNanos) {
    return "its script died "
        + Math.max(deaths.size(), 1)
        + " times within "
        + Duration.ofNanos(withinNanos).toMillis()
        + " ms; the next try is made after "
        + Duration.ofNanos(backOffNanos).toMillis()
        + " ms";
  }
}
