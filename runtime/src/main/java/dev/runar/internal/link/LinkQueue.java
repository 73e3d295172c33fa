package dev.runar.internal.link;

import dev.runar.Delivery;
import dev.runar.Limits;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/**
 * The callback queue of the JavaScript side: what was posted and has not begun there. It is there;
 * here it is counted and bounded, as the queue of a script context. Any thread; never blocks.
 */
final class LinkQueue {
  private final LongAdder refused = new LongAdder();

  // Guarded by this.
  private int maxCount = Limits.DEFAULT.queuedCallbacks();
  private long maxBytes = Limits.DEFAULT.queuedBytes();
  private int count;
  private long bytes;
  private boolean isClosed;
  private final Waiters waiters = new Waiters();

  /** The largest that was refused and not told of room since. */
  private int largestRefused;

  synchronized void bound(Limits limits) {
    maxCount = limits.queuedCallbacks();
    maxBytes = limits.queuedBytes();
  }

  /** Takes a place. One frame goes however large it is. */
  synchronized Delivery take(int size) {
    if (isClosed) {
      return Delivery.CLOSED;
    }
    if (count >= maxCount || (count > 0 && bytes + size > maxBytes)) {
      refused.increment();
      largestRefused = Math.max(largestRefused, size);
      return Delivery.FULL;
    }
    count++;
    bytes += size;
    return Delivery.QUEUED;
  }

  /** As {@link #take}, for the few steps that must not be refused. */
  synchronized void takeReserved(int size) {
    count++;
    bytes += size;
  }

  /** So many have begun there, or could not be posted after all. */
  void ran(int begun, long begunBytes) {
    List<Runnable> told;
    synchronized (this) {
      count = Math.max(0, count - begun);
      bytes = count == 0 ? 0 : Math.max(0, bytes - begunBytes);
      told = writersToTell();
    }
    Waiters.tell(told);
  }

  /**
   * After {@code FULL}: runs the callback once, when half of the bound is free and what was refused
   * has room, or nothing is taken any more; at once if that is so already. Never before, since who
   * is told tries again at once.
   */
  void whenWritable(Runnable callback) {
    List<Runnable> told;
    synchronized (this) {
      waiters.add(callback);
      told = writersToTell();
    }
    Waiters.tell(told);
  }

  void close() {
    List<Runnable> told;
    synchronized (this) {
      isClosed = true;
      told = writersToTell();
    }
    Waiters.tell(told);
  }

  synchronized int size() {
    return count;
  }

  /** How often a place was refused. */
  long refused() {
    return refused.sum();
  }

  private List<Runnable> writersToTell() {
    if (waiters.isEmpty() || !(isClosed || hasRoom())) {
      return List.of();
    }
    largestRefused = 0;
    return waiters.takeAll();
  }

  private boolean hasRoom() {
    boolean isHalfFree = count <= maxCount / 2 && bytes <= maxBytes / 2;
    return count == 0 || (isHalfFree && bytes + largestRefused <= maxBytes);
  }
}
