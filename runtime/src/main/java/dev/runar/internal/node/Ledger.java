package dev.runar.internal.node;

import java.util.concurrent.atomic.LongAdder;

/**
 * The counts of all event deliveries, which must add up: matched = queued + refused, and queued =
 * handled + failed + waiting. Any thread.
 */
public final class Ledger {
  private final LongAdder published = new LongAdder();
  private final LongAdder queued = new LongAdder();
  private final LongAdder refused = new LongAdder();
  private final LongAdder handled = new LongAdder();
  private final LongAdder failed = new LongAdder();
  private final LongAdder lateSettles = new LongAdder();

  /**
   * The counts at one instant; exact when nothing is under way.
   *
   * @param published events published
   * @param matched pairs of an event and a handler whose pattern matched
   * @param queued of these, taken by the handler's queue
   * @param refused of these, not taken; the publisher's receipt said so
   * @param handled of the queued ones, finished without an error
   * @param failed of the queued ones, thrown by the handler or lost with its context
   * @param waiting of the queued ones, not finished yet
   */
  public record Counts(
      long published,
      long matched,
      long queued,
      long refused,
      long handled,
      long failed,
      long waiting) {}

  public Counts counts() {
    // What ends is read before what begins, so that waiting is never negative.
    long handledNow = handled.sum();
    long failedNow = failed.sum();
    long queuedNow = queued.sum();
    long refusedNow = refused.sum();
    return new Counts(
        published.sum(),
        queuedNow + refusedNow,
        queuedNow,
        refusedNow,
        handledNow,
        failedNow,
        queuedNow - handledNow - failedNow);
  }

  /** Results that came after their request was settled, by a timeout or a cancellation. */
  public long lateSettles() {
    return lateSettles.sum();
  }

  void published() {
    published.increment();
  }

  void queued() {
    queued.increment();
  }

  /** What was counted as queued was not taken after all. */
  void refused() {
    queued.decrement();
    refused.increment();
  }

  void handled() {
    handled.increment();
  }

  void failed() {
    failed.increment();
  }

  void lateSettle() {
    lateSettles.increment();
  }
}
