package dev.runar.flood;

import dev.runar.Payload;
import java.util.concurrent.atomic.LongAdder;

/** What became of everything that was offered. Any thread. */
final class FloodCounts {
  final LongAdder offered = new LongAdder();
  final LongAdder queued = new LongAdder();
  final LongAdder full = new LongAdder();
  final LongAdder closed = new LongAdder();
  final LongAdder unheard = new LongAdder();
  final LongAdder refused = new LongAdder();
  final LongAdder handled = new LongAdder();
  final LongAdder failed = new LongAdder();

  /** What was taken and whose end was not told yet. */
  long pending() {
    return queued.sum() - handled.sum() - failed.sum();
  }

  /** {@code offered} is the sum of the five behind it, unless something was lost. */
  Payload payload() {
    return Payload.object(
        "offered", offered.sum(),
        "queued", queued.sum(),
        "full", full.sum(),
        "closed", closed.sum(),
        "unheard", unheard.sum(),
        "refused", refused.sum(),
        "handled", handled.sum(),
        "failed", failed.sum());
  }
}
