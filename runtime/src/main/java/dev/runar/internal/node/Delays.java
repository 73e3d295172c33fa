package dev.runar.internal.node;

import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Runs tasks later, so that nobody waits for time; a test can turn it. Any thread. */
public interface Delays extends AutoCloseable {
  /**
   * Runs a task after a while. It must not block.
   *
   * @return ends it, if it has not begun
   */
  Runnable after(long nanos, Runnable task);

  /** What waits never runs. Repeatable. */
  @Override
  void close();

  /** One thread of this machine, which begins with the first task. */
  static Delays system() {
    var executor =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().name("runar-delays").daemon(true).factory());
    executor.setRemoveOnCancelPolicy(true);
    return new Delays() {
      @Override
      public Runnable after(long nanos, Runnable task) {
        try {
          Future<?> waiting = executor.schedule(task, nanos, TimeUnit.NANOSECONDS);
          return () -> waiting.cancel(false);
        } catch (RejectedExecutionException closed) {
          return () -> {};
        }
      }

      @Override
      public void close() {
        executor.shutdownNow();
      }
    };
  }
}
