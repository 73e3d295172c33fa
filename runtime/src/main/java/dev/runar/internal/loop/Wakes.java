package dev.runar.internal.loop;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * The wake-ups that a thread owes to others while it works through a burst of input. Waking a
 * thread costs two system calls, and on a busy processor the woken thread takes the place of the
 * one that woke it at once: with a wake-up per callback two threads that feed each other change
 * places for every single one. So they are collected and made at the end of the burst, or after
 * {@link #PATIENCE_NANOS} when it takes longer.
 *
 * <p>A wake-up may come late but is never lost: what was handed over lies in its queue already.
 */
public final class Wakes {
  private static final Logger LOG = System.getLogger(Wakes.class.getName());

  /** How long another thread may be kept asleep for the sake of a burst. */
  static final long PATIENCE_NANOS = 50_000;

  private final LongSupplier nanos;
  private final Runnable firstOwed;
  private final List<Runnable> owed = new ArrayList<>(); // guarded by itself
  private long oldestNanos; // guarded by owed
  private volatile boolean owing;

  /** A thread that works through its input in bursts. */
  public interface Worker {
    /** What this thread owes. Called by the thread itself. */
    Wakes wakes();

    /** Whether a burst is under way, after which {@link Wakes#makeAll} is called. */
    boolean isInBurst();
  }

  /**
   * No wake-ups.
   *
   * @param nanos the clock, as {@link System#nanoTime}
   * @param firstOwed told when there is something to be made, on the thread that owes it
   */
  public Wakes(LongSupplier nanos, Runnable firstOwed) {
    this.nanos = nanos;
    this.firstOwed = firstOwed;
  }

  /** Wakes another thread: at once, or when the burst of the calling thread ends. Any thread. */
  public static void wake(Runnable wakeUp) {
    if (Thread.currentThread() instanceof Worker worker && worker.isInBurst()) {
      worker.wakes().owe(wakeUp);
    } else {
      wakeUp.run();
    }
  }

  private void owe(Runnable wakeUp) {
    boolean isFirst;
    synchronized (owed) {
      isFirst = owed.isEmpty();
      if (isFirst) {
        oldestNanos = nanos.getAsLong();
      }
      owed.add(wakeUp);
      owing = true;
    }
    if (isFirst) {
      firstOwed.run();
    }
  }

  /** Between two parts of a burst of the calling thread, which may be any. */
  public static void burstGoesOn() {
    if (Thread.currentThread() instanceof Worker worker) {
      worker.wakes().makeDue();
    }
  }

  /** Makes the wake-ups if the oldest has waited long enough. */
  void makeDue() {
    if (owing && isDue()) {
      makeAll();
    }
  }

  private boolean isDue() {
    synchronized (owed) {
      return !owed.isEmpty() && nanos.getAsLong() - oldestNanos >= PATIENCE_NANOS;
    }
  }

  /** One that fails takes none of the others with it. */
  private static void make(Runnable wakeUp) {
    try {
      wakeUp.run();
    } catch (RuntimeException | Error e) {
      LOG.log(Level.ERROR, "a thread could not be woken", e);
    }
  }

  /** Makes all wake-ups. Any thread: a watchdog does it for a thread that is held up. */
  public void makeAll() {
    if (!owing) {
      return;
    }
    List<Runnable> due;
    synchronized (owed) {
      due = List.copyOf(owed);
      owed.clear();
      owing = false;
    }
    due.forEach(Wakes::make);
  }
}
