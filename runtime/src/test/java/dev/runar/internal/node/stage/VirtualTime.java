package dev.runar.internal.node.stage;

import dev.runar.internal.node.Delays;
import dev.runar.spi.Clock;
import java.time.Duration;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.stream.Stream;

/** A clock and its delays, turned by a test. One thread. */
final class VirtualTime implements Clock, Delays {
  private record Waiting(long at, long order, Runnable task) {}

  private final PriorityQueue<Waiting> waiting =
      new PriorityQueue<>(Comparator.comparingLong(Waiting::at).thenComparingLong(Waiting::order));
  private long nanos = 1_000_000_000_000L;
  private long order;
  private Runnable inCache = () -> {};

  @Override
  public long nanos() {
    Runnable run = inCache;
    if (StackWalker.getInstance().walk(VirtualTime::isOfCache)) {
      inCache = () -> {};
      run.run();
    }
    return nanos;
  }

  @Override
  public long wallMs() {
    return nanos / 1_000_000;
  }

  @Override
  public Runnable after(long delay, Runnable task) {
    var added = new Waiting(nanos + delay, order++, task);
    waiting.add(added);
    return () -> waiting.remove(added);
  }

  @Override
  public void close() {
    waiting.clear();
  }

  /** Runs it in the midst of the next look-up of a cache, which has found the entry by then. */
  void inNextLookUp(Runnable run) {
    inCache = run;
  }

  private static boolean isOfCache(Stream<StackWalker.StackFrame> frames) {
    return frames
        .filter(frame -> frame.getClassName().startsWith("com.github.benmanes.caffeine"))
        .anyMatch(frame -> frame.getMethodName().equals("getIfPresent"));
  }

  int waiting() {
    return waiting.size();
  }

  void pass(Duration duration) {
    long until = nanos + duration.toNanos();
    while (!waiting.isEmpty() && waiting.peek().at() <= until) {
      Waiting next = waiting.remove();
      nanos = next.at();
      next.task().run();
    }
    nanos = until;
  }
}
