package dev.runar.internal.node;

import dev.runar.Delivery;
import dev.runar.Event;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.SubscribeOptions;
import dev.runar.SubscribeOptions.Ack;
import dev.runar.SubscribeOptions.Order;
import dev.runar.SubscribeOptions.Overflow;
import dev.runar.internal.node.WaitingEvents.Entry;
import dev.runar.spi.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Stands in front of the handler of one subscription that has options: hands events over in the
 * order that is asked for, tries failed ones again and gives up what does not fit. Any thread;
 * nothing blocks, and the handler is never called under the lock.
 *
 * <p>It stays when its script is loaded anew or comes back, and serves the new handler: what waits
 * in it waits on.
 */
final class EventLine {
  private final Surroundings around;

  /** The handler as what is around it sees it, and that from outside; the same if nothing is. */
  private final HeldEvents held;

  private final EventEndpoint passage;

  /** Whoever makes it positive hands over, for all who come meanwhile. */
  private final AtomicInteger work = new AtomicInteger();

  private EventEndpoint handler; // this and all below: guarded by this
  private SubscribeOptions options;
  private final WaitingEvents events;
  private final Map<Entry, Runnable> retrying = new HashMap<>(); // with what ends the delay
  private boolean stalled;
  private @Nullable Runnable whenIdle;
  private @Nullable RunarException ended;

  /**
   * What lines work with.
   *
   * @param maxWaiting for a subscription that names none
   * @param maxBytes of the payloads that may wait
   * @param manualTimeout for one that names none
   * @param passage what events go through in front of a handler
   */
  record Surroundings(
      Clock clock,
      Delays delays,
      RandomGenerator random,
      int maxWaiting,
      long maxBytes,
      Duration manualTimeout,
      UnaryOperator<EventEndpoint> passage) {}

  EventLine(EventEndpoint handler, SubscribeOptions options, Surroundings around) {
    this.handler = handler;
    this.held = new HeldEvents(handler, around.maxWaiting, around.delays, this::drain);
    this.passage = around.passage.apply(held);
    this.options = options;
    this.around = around;
    this.events = new WaitingEvents(around.maxWaiting, around.maxBytes);
  }

  /** Whether a subscription needs one. */
  static boolean isFor(SubscribeOptions options) {
    return options.order() == Order.SERIAL
        || options.ack() == Ack.MANUAL
        || !options.timeout().isZero()
        || options.retry().attempts() > 1
        || options.overflow() != Overflow.REFUSE
        || options.maxWaiting() > 0;
  }

  /** From now on another handler gets what waits and what comes. */
  synchronized void serve(EventEndpoint next, SubscribeOptions itsOptions) {
    handler = next;
    held.serve(next);
    options = itsOptions;
    whenIdle = null;
  }

  /** No more comes. What waits is still handed over; then it is not needed any more. */
  void close(Runnable then) {
    synchronized (this) {
      whenIdle = then;
    }
    tellIfIdle();
  }

  synchronized boolean isIdle() {
    return events.isEmpty();
  }

  /** The end of the node: what waits fails, and nothing is tried again. */
  void end(RunarException reason) {
    var left = new ArrayList<Entry>();
    synchronized (this) {
      ended = reason;
      left.addAll(events.removeAll());
      left.addAll(retrying.keySet());
      retrying.values().forEach(Runnable::run);
      retrying.clear();
    }
    held.end(reason);
    left.forEach(entry -> entry.delivery().failed(reason, entry.attempts));
  }

  /** When the oldest that waits here came; {@code otherwise} if none does, or it is even older. */
  synchronized long oldestNanos(long otherwise) {
    long oldest = events.oldestNanos(otherwise);
    for (Entry entry : retrying.keySet()) {
      oldest = entry.sinceNanos - oldest < 0 ? entry.sinceNanos : oldest;
    }
    return oldest;
  }

  /** Takes one event; never blocks. */
  Delivery offer(BusDelivery delivery) {
    EventEndpoint now;
    synchronized (this) {
      now = handler;
    }
    int lane = now.lane(delivery.event());
    var dropped = new ArrayList<BusDelivery>();
    boolean isTaken;
    synchronized (this) {
      if (ended != null) {
        return Delivery.CLOSED;
      }
      isTaken = events.add(delivery, lane, around.clock.nanos(), options, dropped);
    }
    for (BusDelivery each : dropped) {
      each.dropped(
          new RunarException(
              Code.OVERLOADED,
              "event " + each.event().topic() + " was given up for a newer one: too many waited"));
    }
    if (!isTaken) {
      return Delivery.FULL;
    }
    drain();
    return Delivery.QUEUED;
  }

  /** One thread at a time hands over, so that the order stays. */
  private void drain() {
    if (work.getAndIncrement() != 0) {
      return;
    }
    int seen = 1;
    do {
      for (Attempt next = next(); next != null; next = next()) {
        handOver(next);
      }
      seen = work.addAndGet(-seen);
    } while (seen != 0);
  }

  private synchronized @Nullable Attempt next() {
    Entry entry = stalled || held.isStalled() ? null : events.next(options);
    return entry == null ? null : new Attempt(entry, passage == held ? handler : passage);
  }

  private void handOver(Attempt attempt) {
    switch (attempt.endpoint.offer(attempt)) {
      case QUEUED -> {}
      case FULL -> {
        synchronized (this) {
          events.putBack(attempt.entry);
          stalled = true;
        }
        Runnable _ = around.delays.after(HeldEvents.FULL_NANOS, this::goOn);
      }
      case CLOSED ->
          attempt.failed(
              new RunarException(
                  Code.CONTEXT_GONE,
                  "the handler of event " + attempt.event().topic() + " is gone"));
    }
  }

  private void goOn() {
    synchronized (this) {
      stalled = false;
    }
    drain();
  }

  private synchronized Duration timeout() {
    return options.timeout().isZero() && options.ack() == Ack.MANUAL
        ? around.manualTimeout
        : options.timeout();
  }

  private void begins(Attempt attempt) {
    boolean isNext;
    synchronized (this) {
      if (attempt.isBegun) {
        return;
      }
      attempt.isBegun = true;
      isNext = events.begins(attempt.entry) && options.order() == Order.CONCURRENT;
    }
    if (isNext) {
      drain();
    }
  }

  private void finish(Attempt attempt, @Nullable RunarException error) {
    begins(attempt);
    if (error != null && waitsForRetry(attempt)) {
      attempt.delivery.retrying(error, attempt.number);
      retryLater(attempt);
    } else {
      settles(attempt);
      if (error == null) {
        attempt.delivery.handled(attempt.number);
      } else {
        attempt.delivery.failed(error, attempt.number);
      }
    }
    drain();
    tellIfIdle();
  }

  private synchronized boolean waitsForRetry(Attempt attempt) {
    if (ended != null || attempt.number >= options.retry().attempts()) {
      return false;
    }
    events.waitsForRetry(attempt.entry);
    retrying.put(attempt.entry, () -> {});
    return true;
  }

  private synchronized void settles(Attempt attempt) {
    events.closed(attempt.entry);
  }

  private synchronized void retryLater(Attempt attempt) {
    retrying.computeIfPresent(
        attempt.entry,
        (entry, none) ->
            around.delays.after(delayNanos(attempt.number), () -> tryAgain(attempt.entry)));
  }

  /** Twice as long each time, shortened by a random part. */
  private long delayNanos(int attempt) {
    var retry = options.retry();
    double longest = Clock.nanosOf(retry.maxBackoff());
    double nanos = Math.min(longest, Clock.nanosOf(retry.backoff()) * Math.pow(2, attempt - 1.0));
    return (long) (nanos * (1 - retry.jitter() * around.random.nextDouble()));
  }

  private void tryAgain(Entry entry) {
    synchronized (this) {
      if (retrying.remove(entry) == null) {
        return; // the node has ended
      }
      events.first(entry);
    }
    drain();
  }

  private void tellIfIdle() {
    Runnable tell;
    synchronized (this) {
      tell = events.isEmpty() ? whenIdle : null;
    }
    if (tell != null) {
      tell.run();
    }
  }

  /** One try of one event: what comes after its end counts no more. */
  private final class Attempt extends AtomicBoolean implements EventDelivery {
    private static final long serialVersionUID = 1L;
    final transient Entry entry;
    final transient BusDelivery delivery;
    final transient EventEndpoint endpoint;
    final int number;
    boolean isBegun; // guarded by the line
    private transient volatile Runnable cancelTimeout = () -> {};
    private transient volatile Runnable whenOver = () -> {};

    Attempt(Entry entry, EventEndpoint endpoint) {
      this.entry = entry;
      this.delivery = entry.delivery();
      this.endpoint = endpoint;
      this.number = entry.attempts;
    }

    @Override
    public Event event() {
      return delivery.event();
    }

    @Override
    public Map<String, String> pathParams() {
      return delivery.pathParams();
    }

    @Override
    public boolean isPast() {
      return delivery.isPast();
    }

    @Override
    public int attempt() {
      return number;
    }

    @Override
    public boolean isManual() {
      return delivery.isManual();
    }

    @Override
    public void begun() {
      delivery.begun(number);
      Duration limit = timeout();
      if (!limit.isZero()) {
        cancelTimeout = around.delays.after(Clock.nanosOf(limit), () -> timeOut(limit));
        if (get()) {
          cancelTimeout.run();
        }
      }
      begins(this);
    }

    private void timeOut(Duration limit) {
      String what = "event " + event().topic() + " was not handled within ";
      if (settle(new RunarException(Code.TIMEOUT, what + limit.toMillis() + " ms"))) {
        whenOver.run();
      }
    }

    @Override
    public void whenOver(Runnable callback) {
      whenOver = callback;
      if (get()) {
        callback.run();
      }
    }

    @Override
    public void handled() {
      if (!settle(null)) {
        delivery.late();
      }
    }

    @Override
    public void failed(RunarException error) {
      if (!settle(error)) {
        delivery.late();
      }
    }

    private boolean settle(@Nullable RunarException error) {
      if (!compareAndSet(false, true)) {
        return false;
      }
      cancelTimeout.run();
      finish(this, error);
      return true;
    }
  }
}
