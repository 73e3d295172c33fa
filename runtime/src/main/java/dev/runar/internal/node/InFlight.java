package dev.runar.internal.node;

import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.spi.Clock;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.LockSupport;

/**
 * The requests that are not answered yet, and the thread that ends those whose deadline passes.
 *
 * <p>Adding and removing is one compare-and-set in a table of slots, since each request does both.
 * The sweeper sleeps until the earliest deadline that it knows of; a later one that is settled
 * before costs nothing.
 */
final class InFlight implements AutoCloseable {
  private static final int MAX_PROBES = 1_024;
  private static final long NEVER = Long.MAX_VALUE;

  private final AtomicReferenceArray<PendingRequest> slots;
  private final int mask;
  private final Clock clock;
  private final long originNanos;
  private final Thread sweeper;

  /** Since the origin; never later than the earliest deadline in the table. */
  private final AtomicLong earliest = new AtomicLong(NEVER);

  InFlight(int maxRequests, Clock clock) {
    int capacity = Integer.highestOneBit(Math.max(1, maxRequests - 1)) << 1;
    this.slots = new AtomicReferenceArray<>(capacity);
    this.mask = capacity - 1;
    this.clock = clock;
    this.originNanos = clock.nanos();
    this.sweeper = Thread.ofPlatform().name("runar-deadlines").daemon(true).unstarted(this::run);
  }

  void start() {
    sweeper.start();
  }

  /** Takes a slot; returns false when there is none. */
  boolean add(PendingRequest request) {
    int start = (int) request.requestId();
    int probes = Math.min(MAX_PROBES, mask + 1);
    for (int i = 0; i < probes; i++) {
      int slot = (start + i) & mask;
      if (slots.getPlain(slot) == null && slots.compareAndSet(slot, null, request)) {
        request.slot = slot;
        noteDeadline(request.deadlineNanos() - originNanos);
        return true;
      }
    }
    return false;
  }

  /** Gives the slot back; called once for each request that was added. */
  void remove(PendingRequest request) {
    slots.setRelease(request.slot, null);
  }

  /** On the clock of the deadlines. */
  long now() {
    return clock.nanos();
  }

  /** The deadline of a request has become this one; it is not forgotten if it was a later one. */
  void moved(long deadlineNanos) {
    noteDeadline(deadlineNanos - originNanos);
  }

  int size() {
    int size = 0;
    for (int i = 0; i <= mask; i++) {
      if (slots.getPlain(i) != null) {
        size++;
      }
    }
    return size;
  }

  /** Ends every request whose deadline has passed. */
  void sweep() {
    long now = clock.nanos() - originNanos;
    earliest.set(NEVER);
    long next = NEVER;
    for (int i = 0; i <= mask; i++) {
      PendingRequest request = slots.getAcquire(i);
      if (request == null) {
        continue;
      }
      long deadline = request.deadlineNanos() - originNanos;
      if (deadline <= now) {
        request.timeOut();
      } else {
        next = Math.min(next, deadline);
      }
    }
    if (next != NEVER) {
      noteDeadline(next);
    }
  }

  /** Ends every stream; its handler is told as by a cancellation. */
  void endStreams(RunarException reason) {
    for (int i = 0; i <= mask; i++) {
      PendingRequest request = slots.getAcquire(i);
      if (request != null && request.output() != null) {
        request.abandon(reason);
      }
    }
  }

  /**
   * Nobody looks at deadlines any more, so who still waits is told now, and so is what stands
   * between: a middleware waits for the same answer.
   */
  @Override
  public void close() {
    sweeper.interrupt();
    for (int i = 0; i <= mask; i++) {
      PendingRequest request = slots.getAcquire(i);
      if (request != null) {
        request.abandon(
            new RunarException(
                Code.SHUTDOWN, "request " + request.path() + ": the node has stopped"));
      }
    }
  }

  private void noteDeadline(long deadline) {
    long known = earliest.get();
    while (deadline < known) {
      if (earliest.compareAndSet(known, deadline)) {
        LockSupport.unpark(sweeper);
        return;
      }
      known = earliest.get();
    }
  }

  private void run() {
    while (!Thread.interrupted()) {
      long wait = earliest.get() - (clock.nanos() - originNanos);
      if (wait <= 0) {
        sweep();
      } else if (earliest.get() == NEVER) {
        LockSupport.park(this);
      } else {
        LockSupport.parkNanos(this, wait);
      }
    }
  }
}
