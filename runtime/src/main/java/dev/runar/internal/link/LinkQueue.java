package dev.runar.internal.link;

import dev.runar.Delivery;
import dev.runar.Limits;
import dev.runar.internal.link.Exchanges.Exchange;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/**
 * The callback queue of the JavaScript side: what was posted and has not begun there. It is there;
 * here it is counted and bounded, as the queue of a script context, and each is told when it has
 * begun. Any thread; never blocks.
 */
final class LinkQueue {
  private final LongAdder full = new LongAdder();
  private final LongAdder closed = new LongAdder();

  // Guarded by this.
  private int maxCount = Limits.DEFAULT.queuedCallbacks();
  private long maxBytes = Limits.DEFAULT.queuedBytes();
  private int count;
  private long queued;
  private long bytes;
  private final Deque<Exchange> posted = new ArrayDeque<>(); // as many as were posted, in order
  private boolean isClosed;
  private final Waiters waiters = new Waiters();

  synchronized void bound(Limits limits) {
    maxCount = limits.queuedCallbacks();
    maxBytes = limits.queuedBytes();
  }

  /** Takes a place. One frame goes however large it is. */
  synchronized Delivery take(int size) {
    if (isClosed) {
      closed.increment();
      return Delivery.CLOSED;
    }
    if (count >= maxCount || !hasRoom(size)) {
      full.increment();
      return Delivery.FULL;
    }
    count++;
    bytes += size;
    return Delivery.QUEUED;
  }

  /** Refuses one for which there is no place elsewhere. */
  synchronized Delivery refuse() {
    if (isClosed) {
      closed.increment();
      return Delivery.CLOSED;
    }
    full.increment();
    return Delivery.FULL;
  }

  /** As {@link #take}, for the few steps that must not be refused. */
  synchronized void takeReserved(int size) {
    count++;
    bytes += size;
  }

  /** What has taken a place is on its way, behind all that were placed before. */
  synchronized void placed(Exchange exchange) {
    if (!isClosed) {
      posted.add(exchange);
      queued++;
    }
  }

  /** What has taken a place could not be posted after all. */
  void release(int size) {
    tell(1, size, List.of());
  }

  /** So many have begun there; they are told, on this thread. */
  void ran(int begun, long begunBytes) {
    var exchanges = new ArrayList<Exchange>();
    synchronized (this) {
      for (int i = 0; i < begun && !posted.isEmpty(); i++) {
        exchanges.add(posted.remove());
      }
    }
    tell(begun, begunBytes, exchanges);
  }

  private void tell(int places, long placesBytes, List<Exchange> begun) {
    List<Runnable> told;
    synchronized (this) {
      count = Math.max(0, count - places);
      bytes = count == 0 ? 0 : Math.max(0, bytes - placesBytes);
      told = writersToTell();
    }
    Aside.each(begun, Exchange::begun);
    Waiters.tell(told);
  }

  /**
   * After {@code FULL}: runs the callback once, when half of the bound is free and there is room
   * for so many bytes, or nothing is taken any more; at once if that is so already. Never before,
   * since who is told tries again at once.
   */
  void whenWritable(long wanted, Runnable callback) {
    List<Runnable> told;
    synchronized (this) {
      waiters.add(wanted, callback);
      told = writersToTell();
    }
    Waiters.tell(told);
  }

  void close() {
    List<Runnable> told;
    synchronized (this) {
      isClosed = true;
      posted.clear();
      told = writersToTell();
    }
    Waiters.tell(told);
  }

  synchronized LinkStatus.Callbacks counts() {
    return new LinkStatus.Callbacks(count, bytes, queued, full.sum(), closed.sum());
  }

  private List<Runnable> writersToTell() {
    boolean isHalfFree = count <= maxCount / 2 && bytes <= maxBytes / 2;
    if (waiters.isEmpty() || !(isClosed || isHalfFree || count == 0)) {
      return List.of();
    }
    return waiters.takeIf(wanted -> isClosed || hasRoom(wanted));
  }

  /** One goes however large it is, or it never would. */
  private boolean hasRoom(long more) {
    return count == 0 || bytes + more <= maxBytes;
  }
}
