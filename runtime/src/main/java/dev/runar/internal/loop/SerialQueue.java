package dev.runar.internal.loop;

import dev.runar.Delivery;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Runs callbacks one after the other on an executor's threads, for receivers that have no thread of
 * their own: Java handlers, which may block. Any thread.
 */
public final class SerialQueue {
  private static final Logger LOG = System.getLogger(SerialQueue.class.getName());
  private static final int BATCH = 64;

  private final CallbackQueue queue;
  private final Executor executor;
  private final AtomicBoolean running = new AtomicBoolean();
  private volatile @Nullable RunarException closing;

  public SerialQueue(int maxCallbacks, long maxBytes, Executor executor) {
    this.queue = new CallbackQueue(maxCallbacks, maxBytes, () -> {});
    this.executor = executor;
  }

  /** Hands over one callback. Never blocks. */
  public Delivery offer(Callback callback) {
    Delivery answer = queue.offer(callback);
    if (answer == Delivery.QUEUED) {
      ensureRunning();
    }
    return answer;
  }

  /** See {@link CallbackQueue#offerReserved}. */
  public Delivery offerReserved(Callback callback) {
    Delivery answer = queue.offerReserved(callback);
    if (answer == Delivery.QUEUED) {
      ensureRunning();
    }
    return answer;
  }

  /** See {@link CallbackQueue#whenWritable}. */
  public void whenWritable(long bytes, Runnable callback) {
    queue.whenWritable(bytes, callback);
  }

  /** Refuses every offer from now on and abandons what waits. Any thread. */
  public void close(RunarException reason) {
    queue.close();
    closing = reason;
    ensureRunning();
  }

  private void ensureRunning() {
    if (running.compareAndSet(false, true)) {
      Wakes.wake(this::start); // not a thread for each callback of a burst
    }
  }

  private void start() {
    try {
      executor.execute(this::drain);
    } catch (RejectedExecutionException e) { // the threads have ended: nobody runs these any more
      queue.close();
      queue.abandonAll(new RunarException(Code.SHUTDOWN, "the node has stopped", e));
    }
  }

  /** What fails is told by the callback itself; what is left is a fault, and its own. */
  private static void runGuarded(Callback callback) {
    try {
      callback.run();
    } catch (RuntimeException | Error e) {
      LOG.log(Level.ERROR, "a callback failed", e);
    }
  }

  private void drain() {
    do {
      while (queue.size() > 0) {
        RunarException reason = closing;
        if (reason != null) {
          queue.abandonAll(reason);
        } else if (queue.drain(BATCH, SerialQueue::runGuarded) == 0) {
          Thread.onSpinWait(); // a producer is about to fill the place that it reserved
        }
      }
      running.set(false);
    } while (queue.size() > 0 && running.compareAndSet(false, true));
  }
}
