package dev.runar.internal.time;

import dev.runar.internal.node.Delays;
import dev.runar.spi.Clock;
import java.time.Duration;
import java.util.Comparator;
import java.util.PriorityQueue;

/** Time that the test turns, and what waits for it. One thread. */
public final class TurnedTime implements Clock, Delays {
  private record Task(long atNanos, long order, Runnable run) {}

  private final PriorityQueue<Task> tasks =
      new PriorityQueue<>(Comparator.comparingLong(Task::atNanos).thenComparing(Task::order));
  private long now;
  private long orders;
  private boolean cancels = true;

  @Override
  public long nanos() {
    return now;
  }

  @Override
  public long wallMs() {
    return now / 1_000_000;
  }

  @Override
  public Runnable after(long nanos, Runnable task) {
    Task waiting = new Task(now + nanos, orders++, task);
    tasks.add(waiting);
    return () -> {
      if (cancels) {
        tasks.remove(waiting);
      }
    };
  }

  @Override
  public void close() {
    tasks.clear();
  }

  public int waiting() {
    return tasks.size();
  }

  /** From now on whoever cancels is always too late. */
  public void cancelsNothing() {
    cancels = false;
  }

  public void pass(Duration duration) {
    long until = now + duration.toNanos();
    while (!tasks.isEmpty() && tasks.peek().atNanos <= until) {
      Task next = tasks.remove();
      now = next.atNanos;
      next.run.run();
    }
    now = until;
  }
}
