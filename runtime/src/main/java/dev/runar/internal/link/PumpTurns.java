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

  void take(int bytes, boolean isSlow, Runnable work) {
    if (isLeftToOther(new Step(bytes, work), isSlow)) {
      return;
    }
    work.run();
  }

  private synchronized boolean isLeftToOther(Step step, boolean isSlow) {
    while (isWorking && waitingBytes >= MAX_WAITING && step.bytes > 0) {
      try {
        wait();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        break;
      }
    }
    if (!isWorking && !isSlow) {
      return false;
    }
    if (!isWorking) {
      Thread.ofPlatform().daemon().name("runar-link-work").start(this::work); // or there is none
      isWorking = true;
    }
    waiting.add(step);
    waitingBytes += step.bytes;
    return true;
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
