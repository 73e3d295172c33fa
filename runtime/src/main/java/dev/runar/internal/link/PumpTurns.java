package dev.runar.internal.link;

import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Works on what comes for one link, in order: at once, on the pump, unless something slow is under
 * way; that has a thread of its own, and so has what comes behind it. Called by the pump alone.
 *
 * <p>What waits is bounded by bytes: then the pump waits, and every link of the process with it.
 */
final class PumpTurns {
  /** A few of the largest frames. */
  static final long MAX_WAITING = 256L << 20;

  private final Queue<Step> waiting = new ArrayDeque<>(); // guarded by this
  private long waitingBytes; // guarded by this
  private boolean isWorking; // guarded by this

  private record Step(int bytes, Runnable work) {}

  /** At once, if nothing slow is under way. */
  void take(int bytes, Runnable work) {
    if (!isBehindOther(new Step(bytes, work))) {
      work.run();
    }
  }

  /** On the thread of what is slow. */
  void takeSlow(int bytes, Runnable work) {
    leave(new Step(bytes, work));
  }

  private synchronized boolean isBehindOther(Step step) {
    if (isWorking) {
      leave(step);
      return true;
    }
    return false;
  }

  private synchronized void leave(Step step) {
    while (isWorking && waitingBytes >= MAX_WAITING && step.bytes > 0) {
      try {
        wait();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        break;
      }
    }
    if (!isWorking) {
      Thread.ofPlatform().daemon().name("runar-link-work").start(this::work); // or there is none
      isWorking = true;
    }
    waiting.add(step);
    waitingBytes += step.bytes;
  }

  private void work() {
    for (Step step = next(); step != null; step = next()) {
      Aside.run(step.work); // those behind it are not its own
    }
  }

  private synchronized @Nullable Step next() {
    Step step = waiting.poll();
    if (step == null) {
      isWorking = false;
    } else {
      waitingBytes -= step.bytes;
    }
    notifyAll();
    return step;
  }
}
