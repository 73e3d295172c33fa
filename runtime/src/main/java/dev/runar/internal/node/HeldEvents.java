package dev.runar.internal.node;

import dev.runar.Delivery;
import dev.runar.Event;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The handler of one line as the middleware sees it: what has come through and finds the handler's
 * queue full is held and offered again, so that the middleware runs once. Bounded by count; what is
 * beyond that is refused, and so is a failure behind the middleware. Any thread; the handler is
 * never called under the lock.
 */
final class HeldEvents implements EventEndpoint {
  /** How long an event waits when the handler's queue is full. */
  static final long FULL_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

  private final int maxHeld;
  private final Delays delays;
  private final Runnable whenEmpty;

  /** Whoever makes it positive hands over, for all who come meanwhile. */
  private final AtomicInteger work = new AtomicInteger();

  private final ArrayDeque<EventDelivery> held = new ArrayDeque<>(); // this and below: by this
  private EventEndpoint handler;
  private boolean isStalled;
  private @Nullable RunarException ended;

  /**
   * Holds nothing.
   *
   * @param whenEmpty runs when the handler has taken all that was held
   */
  HeldEvents(EventEndpoint handler, int maxHeld, Delays delays, Runnable whenEmpty) {
    this.handler = handler;
    this.maxHeld = maxHeld;
    this.delays = delays;
    this.whenEmpty = whenEmpty;
  }

  /** From now on another handler gets what is held and what comes. */
  synchronized void serve(EventEndpoint next) {
    handler = next;
  }

  /** The handler's queue is full: what comes now would have to wait. */
  synchronized boolean isStalled() {
    return isStalled;
  }

  /** What is held fails, and nothing is taken any more. */
  void end(RunarException reason) {
    List<EventDelivery> left;
    synchronized (this) {
      ended = reason;
      left = List.copyOf(held);
      held.clear();
    }
    left.forEach(delivery -> delivery.failed(reason));
  }

  @Override
  public Delivery offer(EventDelivery delivery) {
    synchronized (this) {
      if (ended != null) {
        return Delivery.CLOSED;
      }
      if (held.size() >= maxHeld) {
        return Delivery.FULL;
      }
      held.add(delivery);
    }
    handOver();
    return Delivery.QUEUED;
  }

  /** One thread at a time, so that the order stays. */
  private void handOver() {
    if (work.getAndIncrement() != 0) {
      return;
    }
    int seen = 1;
    do {
      for (EventDelivery next = next(); next != null; next = next()) {
        handOver(next, handler());
      }
      seen = work.addAndGet(-seen);
    } while (seen != 0);
  }

  private synchronized @Nullable EventDelivery next() {
    return isStalled ? null : held.poll();
  }

  private synchronized EventEndpoint handler() {
    return handler;
  }

  private void handOver(EventDelivery delivery, EventEndpoint to) {
    switch (to.offer(delivery)) {
      case QUEUED -> {}
      case FULL -> {
        RunarException over = holdAgain(delivery);
        if (over != null) {
          delivery.failed(over);
          return;
        }
        Runnable _ = delays.after(FULL_NANOS, this::goOn);
      }
      case CLOSED ->
          delivery.failed(
              new RunarException(
                  Code.CONTEXT_GONE,
                  "the handler of event " + delivery.event().topic() + " is gone"));
    }
  }

  private synchronized @Nullable RunarException holdAgain(EventDelivery delivery) {
    if (ended == null) {
      held.addFirst(delivery);
      isStalled = true;
    }
    return ended;
  }

  private void goOn() {
    synchronized (this) {
      isStalled = false;
    }
    handOver();
    if (!isStalled()) {
      whenEmpty.run();
    }
  }

  @Override
  public String owner() {
    return handler().owner();
  }

  @Override
  public int lane(Event event) {
    return handler().lane(event);
  }
}
