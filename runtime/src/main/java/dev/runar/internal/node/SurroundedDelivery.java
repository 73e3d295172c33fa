package dev.runar.internal.node;

import dev.runar.Delivery;
import dev.runar.Event;
import dev.runar.EventContext;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** One event on its way to one handler, as it is behind the middleware. Any thread. */
final class SurroundedDelivery extends ForwardingDelivery {
  private final Event event;
  private final CompletableFuture<Void> done = new CompletableFuture<>();
  private final Way way;

  private SurroundedDelivery(EventDelivery delivery, Event event, Way way) {
    super(delivery);
    this.event = event;
    this.way = way;
  }

  /** Goes through the middleware, which may go on at once, later, or not at all. */
  private static final class Way {
    private final EventDelivery delivery;
    private final EventEndpoint handler;
    private boolean isBack; // guarded by this
    private @Nullable Delivery refusal; // guarded by this
    private boolean isOver; // guarded by this
    private final Set<SurroundedDelivery> running = new LinkedHashSet<>(); // guarded by this
    private final Map<SurroundedDelivery, Runnable> whenOver = new HashMap<>(); // guarded by this

    Way(EventDelivery delivery, EventEndpoint handler) {
      this.delivery = delivery;
      this.handler = handler;
    }

    CompletableFuture<Void> proceed(Event event) {
      var inside = new SurroundedDelivery(delivery, event, this);
      synchronized (this) {
        if (isOver) {
          return CompletableFuture.failedFuture(tooLate());
        }
        running.add(inside);
      }
      Delivery answer = handler.offer(inside);
      if (answer == Delivery.QUEUED) {
        return inside.done;
      }
      synchronized (this) {
        running.remove(inside);
        refusal = isBack ? refusal : answer;
      }
      return CompletableFuture.failedFuture(
          answer == Delivery.FULL
              ? new RunarException(Code.OVERLOADED, "the queue of the handler is full")
              : new RunarException(Code.CONTEXT_GONE, "the context of the handler is gone"));
    }

    private RunarException tooLate() {
      return new RunarException(
          Code.CANCELLED,
          "event "
              + delivery.event().topic()
              + " is over for this handler: it is settled, or its time has run out");
    }

    /** Its time has run out: the middleware hears of it as the handler does. */
    void over() {
      List<SurroundedDelivery> handlers;
      List<Runnable> callbacks;
      synchronized (this) {
        isOver = true;
        handlers = List.copyOf(running);
        callbacks = List.copyOf(whenOver.values());
      }
      callbacks.forEach(Runnable::run);
      handlers.forEach(handler -> handler.done.completeExceptionally(tooLate()));
    }

    /** Runs the callback when it is over; at once if it is. */
    void whenOver(SurroundedDelivery handler, Runnable callback) {
      synchronized (this) {
        if (!isOver) {
          whenOver.put(handler, callback);
          return;
        }
      }
      callback.run();
    }

    synchronized void ended(SurroundedDelivery handler) {
      running.remove(handler);
      whenOver.remove(handler);
    }

    /** The middleware has its result; returns false if the end of a handler is to be told. */
    synchronized boolean passed() {
      boolean runsOn = isOver && !running.isEmpty();
      isOver = true;
      return !runsOn;
    }

    /** What was refused at once, and is left at that, is the publisher's to know. */
    synchronized @Nullable Delivery back(CompletableFuture<Void> passed) {
      isBack = true;
      Delivery left = passed.isCompletedExceptionally() ? refusal : null;
      isOver |= left != null;
      return left;
    }
  }

  /** As {@link EventEndpoint#offer}, through the middleware. */
  static Delivery offer(
      EventDelivery delivery, EventEndpoint handler, Surroundings around, EventContext context) {
    var way = new Way(delivery, handler);
    delivery.whenOver(way::over);
    CompletableFuture<Void> passed = around.event(context, delivery.event(), way::proceed);
    Delivery refusal = way.back(passed);
    if (refusal != null) {
      return refusal;
    }
    var _ =
        passed.whenComplete(
            (nothing, error) -> {
              if (!way.passed()) {
                return;
              }
              if (error == null) {
                delivery.handled();
              } else {
                delivery.failed(Failures.of(error));
              }
            });
    return Delivery.QUEUED;
  }

  @Override
  public Event event() {
    return event;
  }

  @Override
  public void whenOver(Runnable callback) {
    way.whenOver(this, callback);
  }

  @Override
  public void handled() {
    way.ended(this);
    if (!done.complete(null)) {
      super.handled(); // where it is counted
    }
  }

  @Override
  public void failed(RunarException error) {
    way.ended(this);
    if (!done.completeExceptionally(error)) {
      super.failed(error);
    }
  }
}
