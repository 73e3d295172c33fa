package dev.runar.internal.loop;

import dev.runar.spi.Clock;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What an owner thread does, without the thread: a batch of callbacks, then the timers that are
 * due. A simulation calls {@link #runOnce} by itself. Owner thread, except {@link #turn}.
 */
public final class EventLoop {
  /** How many callbacks run before the timers are looked at again. */
  private static final int BATCH = 256;

  private final CallbackQueue queue;
  private final Timers timers;
  private final Clock clock;
  private final Turns turns;
  private final Wakes wakes;
  private boolean inBurst;
  private volatile @Nullable Watchdog watchdog;

  /**
   * Counts turns; odd while one runs. Written by the owner thread, read by the watchdog, which has
   * time: opaque, so that a turn pays no fence.
   */
  private final AtomicLong turn = new AtomicLong();

  /** What surrounds turns; the script context enters and leaves its engine here. */
  public interface Turns {
    /** Before a batch. */
    void enter();

    /** After a batch. */
    void leave();

    /** A timer's callback or a callback's own error handling threw. */
    void failed(Throwable error);
  }

  public EventLoop(CallbackQueue queue, Timers timers, Clock clock, Turns turns) {
    this.queue = queue;
    this.timers = timers;
    this.clock = clock;
    this.turns = turns;
    this.wakes = new Wakes(clock::nanos, () -> {});
  }

  /** What the callbacks of a batch owe to other threads. Owner thread, or the watchdog. */
  Wakes wakes() {
    return wakes;
  }

  /** From now on the watchdog is told when there is something to do. Any thread. */
  void watchedBy(Watchdog observer) {
    watchdog = observer;
  }

  /** A batch is under way. */
  boolean isInBurst() {
    return inBurst;
  }

  /** Runs what is there; returns whether there was anything. */
  public boolean runOnce() {
    long now = clock.nanos();
    boolean timerDue = timers.nanosToNext(now) == 0;
    if (!timerDue && queue.isIdle()) {
      return false;
    }
    Watchdog observer = watchdog;
    if (observer != null) {
      observer.ownerIsBusy();
    }
    turns.enter();
    inBurst = true;
    try {
      int ran = queue.drain(BATCH, this::runCallback);
      return runTimers(now) || ran > 0;
    } finally {
      inBurst = false;
      wakes.makeAll();
      turns.leave();
    }
  }

  /** Until the next timer is due. */
  public long nanosToNext() {
    return timers.nanosToNext(clock.nanos());
  }

  /** Counts turns; odd while one runs. Any thread. */
  public long turn() {
    return turn.get();
  }

  /**
   * A timer set by one that runs now waits for the next round, so that callbacks get their share.
   */
  private boolean runTimers(long now) {
    boolean ran = false;
    while (!queue.isClosed()) {
      Runnable due = timers.takeDue(now);
      if (due == null) {
        break;
      }
      ran = true;
      runTurn(due, null);
    }
    return ran;
  }

  private void runCallback(Callback callback) {
    runTurn(null, callback);
  }

  private void runTurn(@Nullable Runnable timer, @Nullable Callback callback) {
    long number = turn.getPlain() + 1;
    turn.setOpaque(number);
    try {
      if (timer != null) {
        timer.run();
      } else if (callback != null) {
        callback.run();
      }
    } catch (RuntimeException | Error e) {
      turns.failed(e);
    } finally {
      turn.setOpaque(number + 1);
      wakes.makeDue();
    }
  }
}
