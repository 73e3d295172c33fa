package dev.runar.internal.node;

import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;

/** How many streams of a node are open, at most so many, and what went through them. Any thread. */
public final class StreamCounts {
  /** What may wait in one stream, beside one batch of items or one large item. */
  private static final long MAX_BYTES = 256L << 10;

  private final int most;
  private final AtomicInteger open = new AtomicInteger();
  private final LongAdder opened = new LongAdder();
  private final LongAdder refused = new LongAdder();
  private final LongAdder items = new LongAdder();
  private final LongAccumulator mostAhead = new LongAccumulator(Math::max, 0);
  private final LongAccumulator mostBytes = new LongAccumulator(Math::max, 0);

  /**
   * The counts at one instant.
   *
   * @param open streams whose consumer has not reached the end
   * @param opened streams so far
   * @param refused streams that were one too many
   * @param items written so far
   * @param mostAhead by how many items a producer was ahead of its consumer, at the most
   * @param mostBytes that waited in one stream, at the most
   */
  public record Counts(
      int open, long opened, long refused, long items, long mostAhead, long mostBytes) {}

  StreamCounts(int most) {
    this.most = most;
  }

  public Counts counts() {
    return new Counts(
        open.get(), opened.sum(), refused.sum(), items.sum(), mostAhead.get(), mostBytes.get());
  }

  /**
   * One more stream.
   *
   * @throws RunarException {@code OVERLOADED}
   */
  public Pipe open(int readAhead) {
    if (open.getAndIncrement() >= most) {
      open.decrementAndGet();
      refused.increment();
      throw new RunarException(
          Code.OVERLOADED,
          "the node has " + most + " open streams (limits.openStreams); try again later");
    }
    opened.increment();
    return new Pipe(readAhead, MAX_BYTES, this);
  }

  void over() {
    open.decrementAndGet();
  }

  void written(int count, int ahead, long bytes) {
    items.add(count);
    mostAhead.accumulate(ahead);
    mostBytes.accumulate(bytes);
  }
}
