package dev.runar.internal.node.stage;

import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Runs what has to wait; a test turns the time itself. Any thread. */
interface Delays {
  /**
   * Runs a task later, unless it is called off before. As many may wait as there are requests.
   *
   * @return calls it off; repeatable
   */
  Runnable after(long nanos, Runnable task);

  /**
   * One timer thread, made at the first use, which hands tasks over to an executor. It is a daemon,
   * and ends when nothing has waited for a minute.
   */
  static Delays on(Executor executor) {
    var timer =
        new ScheduledThreadPoolExecutor(
            1, task -> Thread.ofPlatform().name("runar-delays").daemon(true).unstarted(task));
    timer.setRemoveOnCancelPolicy(true);
    timer.setKeepAliveTime(1, TimeUnit.MINUTES);
    timer.allowCoreThreadTimeOut(true);
    return (nanos, task) -> {
      var waiting = timer.schedule(() -> executor.execute(task), nanos, TimeUnit.NANOSECONDS);
      return () -> waiting.cancel(false);
    };
  }
}
