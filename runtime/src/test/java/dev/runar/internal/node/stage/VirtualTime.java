package dev.runar.internal.node.stage;

import dev.runar.internal.node.Delays;
import dev.runar.internal.time.TurnedTime;
import dev.runar.spi.Clock;
import java.time.Duration;
import java.util.stream.Stream;

/** A clock and its delays, turned by a test. One thread. */
final class VirtualTime implements Clock, Delays {
  /** Far from zero, as a clock that has run for a while. */
  private static final long START_NANOS = 1_000_000_000_000L;

  private final TurnedTime time = new TurnedTime();
  private Runnable inCache = () -> {};

  @Override
  public long nanos() {
    Runnable run = inCache;
    if (StackWalker.getInstance().walk(VirtualTime::isOfCache)) {
      inCache = () -> {};
      run.run();
    }
    return START_NANOS + time.nanos();
  }

  @Override
  public long wallMs() {
    return START_NANOS / 1_000_000 + time.wallMs();
  }

  @Override
  public Runnable after(long delay, Runnable task) {
    return time.after(delay, task);
  }

  @Override
  public void close() {
    time.close();
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
    return time.waiting();
  }

  void pass(Duration duration) {
    time.pass(duration);
  }
}
