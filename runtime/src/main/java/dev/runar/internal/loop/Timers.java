package dev.runar.internal.loop;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/** The timers of one owner thread, soonest first; equal ones in the order they were set. */
public final class Timers {
  private final int maxTimers;
  private final PriorityQueue<Timer> heap = new PriorityQueue<>();
  private final Map<Long, Timer> byId = new HashMap<>();
  private final List<Timer> suspended = new ArrayList<>();
  private long lastId;

  /**
   * No timers yet.
   *
   * @param maxTimers how many may be set at a time
   */
  public Timers(int maxTimers) {
    this.maxTimers = maxTimers;
  }

  /**
   * Sets a timer.
   *
   * @param atNanos when, on the clock's monotonic time
   * @param everyNanos the period of a repeating timer; 0: once
   * @return its id, or -1 when {@code maxTimers} are set
   */
  public long set(long atNanos, long everyNanos, Runnable callback) {
    return add(new Timer(++lastId, atNanos, everyNanos, everyNanos == 0, callback));
  }

  /**
   * Sets a timer that fires once and that nothing waits for.
   *
   * @param atNanos when, on the clock's monotonic time
   * @return its id, or -1 when {@code maxTimers} are set
   */
  public long deadline(long atNanos, Runnable callback) {
    return add(new Timer(++lastId, atNanos, 0, false, callback));
  }

  private long add(Timer timer) {
    if (byId.size() >= maxTimers) {
      return -1;
    }
    byId.put(timer.id, timer);
    heap.add(timer);
    return timer.id;
  }

  /**
   * Says whether a timer is waited for that fires once; unknown and past ones are ignored, and a
   * repeating one never is.
   */
  public void awaited(long id, boolean isAwaited) {
    Timer timer = byId.get(id);
    if (timer != null && timer.everyNanos == 0) {
      timer.isAwaited = isAwaited;
    }
  }

  /** Clears a timer; unknown and past ones are ignored. */
  public void clear(long id) {
    Timer timer = byId.remove(id);
    if (timer != null) {
      heap.remove(timer);
      suspended.remove(timer);
    }
  }

  /** Repeating timers do not become due until {@link #resumeRepeating}. */
  public void suspendRepeating() {
    for (Timer timer : List.copyOf(heap)) {
      if (timer.everyNanos > 0) {
        heap.remove(timer);
        suspended.add(timer);
      }
    }
  }

  /** What {@link #suspendRepeating} began ends; each is next due a period from now. */
  public void resumeRepeating(long nowNanos) {
    for (Timer timer : suspended) {
      timer.atNanos = nowNanos + timer.everyNanos;
      heap.add(timer);
    }
    suspended.clear();
  }

  /** Whether one is set that fires once and is waited for. */
  public boolean anyAwaited() {
    return byId.values().stream().anyMatch(timer -> timer.isAwaited);
  }

  public int size() {
    return byId.size();
  }

  /** Takes the next timer that is due; a repeating one is set again. */
  public @Nullable Runnable takeDue(long nowNanos) {
    Timer timer = heap.peek();
    if (timer == null || timer.atNanos - nowNanos > 0) {
      return null;
    }
    heap.remove();
    if (timer.everyNanos > 0) {
      timer.atNanos = nowNanos + timer.everyNanos;
      heap.add(timer);
    } else {
      byId.remove(timer.id);
    }
    return timer.callback;
  }

  /** Until the next timer; 0 when one is due, {@link Long#MAX_VALUE} when none is set. */
  public long nanosToNext(long nowNanos) {
    Timer timer = heap.peek();
    return timer == null ? Long.MAX_VALUE : Math.max(0, timer.atNanos - nowNanos);
  }

  private static final class Timer implements Comparable<Timer> {
    final long id;
    final long everyNanos;
    final Runnable callback;
    boolean isAwaited;
    long atNanos;

    Timer(long id, long atNanos, long everyNanos, boolean isAwaited, Runnable callback) {
      this.id = id;
      this.atNanos = atNanos;
      this.everyNanos = everyNanos;
      this.isAwaited = isAwaited;
      this.callback = callback;
    }

    @Override
    public int compareTo(Timer other) {
      int byTime = Long.signum(atNanos - other.atNanos);
      return byTime != 0 ? byTime : Long.compare(id, other.id);
    }
  }
}
