package dev.runar.internal.loop;

import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.spi.Clock;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The one platform thread that may enter a script context, its callback queue and its timers. A
 * platform thread, since turns burn processor time and are accounted by thread.
 *
 * <p>{@link #queue} and {@link #stop} are for any thread.
 */
public final class OwnerThread {
  private static final int MAX_TIMERS = 100_000;

  private final Thread thread;
  private final CallbackQueue queue;
  private final Timers timers = new Timers(MAX_TIMERS);
  private final EventLoop loop;
  private final Guest guest;
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  private volatile @Nullable RunarException stopReason;

  /** Who lives on the thread. */
  public interface Guest extends EventLoop.Turns {
    /** First of all, once. */
    void begin();

    /** Last of all, once, when no callback will run any more. */
    void end();
  }

  public OwnerThread(String name, int maxCallbacks, long maxBytes, Clock clock, Guest guest) {
    this.guest = guest;
    this.thread = new Worker(name);
    Runnable unpark = () -> LockSupport.unpark(thread);
    this.queue = new CallbackQueue(maxCallbacks, maxBytes, () -> Wakes.wake(unpark));
    this.loop = new EventLoop(queue, timers, clock, guest);
  }

  /** A thread that others find their wake-ups at. */
  private final class Worker extends Thread implements Wakes.Worker {
    Worker(String name) {
      super(name);
      setDaemon(true);
    }

    @Override
    public void run() {
      OwnerThread.this.run();
    }

    @Override
    public Wakes wakes() {
      return loop.wakes();
    }

    @Override
    public boolean isInBurst() {
      return loop.isInBurst();
    }
  }

  public void start() {
    thread.start();
  }

  /** Where other threads offer their callbacks. */
  public CallbackQueue queue() {
    return queue;
  }

  /** Owner thread only. */
  public Timers timers() {
    assertOwner();
    return timers;
  }

  public boolean isOwner() {
    return thread.equals(Thread.currentThread());
  }

  /** First line of every method that only the owner thread may call. */
  public void assertOwner() {
    if (!isOwner()) {
      throw new IllegalStateException(
          "only " + thread.getName() + " may do this, not " + Thread.currentThread().getName());
    }
  }

  /** Ends the thread after the callback that runs now; those that wait are told {@code reason}. */
  public void stop(RunarException reason) {
    if (stopReason == null) {
      stopReason = reason;
    }
    queue.close();
    LockSupport.unpark(thread);
  }

  /** Completes when the thread has ended; each caller's own, to put a timeout on. */
  public CompletableFuture<Void> ended() {
    return ended.copy();
  }

  /** For who asks it where it is; nobody else may touch it. */
  public Thread thread() {
    return thread;
  }

  /** From now on the watchdog is told when there is something to do. */
  void watchedBy(Watchdog watchdog) {
    loop.watchedBy(watchdog);
  }

  /** What the thread owes to others. */
  Wakes wakes() {
    return loop.wakes();
  }

  /** Counts turns; odd while one runs. Any thread. */
  public long turn() {
    return loop.turn();
  }

  private void run() {
    try {
      guest.begin();
      while (stopReason == null) {
        if (!loop.runOnce()) {
          sleep();
        }
      }
    } catch (RuntimeException | Error e) {
      stopReason = new RunarException(Code.INTERNAL, thread.getName() + " failed: " + e, e);
      guest.failed(e);
    } finally {
      RunarException reason = stopReason;
      queue.abandonAll(
          reason != null ? reason : new RunarException(Code.CONTEXT_GONE, "the context is gone"));
      guest.end();
      ended.complete(null);
    }
  }

  private void sleep() {
    if (!queue.trySleep()) {
      return;
    }
    long nanos = loop.nanosToNext();
    if (nanos == Long.MAX_VALUE) {
      LockSupport.park(this);
    } else if (nanos > 0) {
      LockSupport.parkNanos(this, nanos);
    }
    queue.awake();
  }
}
