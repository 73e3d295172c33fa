package dev.runar.internal.node;

import dev.runar.Delivery;
import dev.runar.Event;
import dev.runar.EventContext;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** One event on its way to one handler, as it is behind the middleware. Any thread. */
final class SurroundedDelivery implements EventDelivery {
  private final EventDelivery delivery;
  private final Event event;
  private final CompletableFuture<Void> done = new CompletableFuture<>();

  private SurroundedDelivery(EventDelivery delivery, Event event) {
    this.delivery = delivery;
    this.event = event;
  }

  /** Goes through the middleware, which may go on at once, later, or not at all. */
  private static final class Way {
    private final EventDelivery delivery;
    private final EventEndpoint handler;
    private boolean isBack; // guarded by this
    private @Nullable Delivery refusal; // guarded by this

    Way(EventDelivery delivery, EventEndpoint handler) {
      this.delivery = delivery;
      this.handler = handler;
    }

    CompletableFuture<Void> proceed(Event event) {
      var inside = new SurroundedDelivery(delivery, event);
      Delivery answer = handler.offer(inside);
      if (answer == Delivery.QUEUED) {
        return inside.done;
      }
      synchronized (this) {
        refusal = isBack ? refusal : answer;
      }
      return CompletableFuture.failedFuture(
          answer == Delivery.FULL
              ? new RunarException(Code.OVERLOADED, "the queue of the handler is full")
              : new RunarException(Code.CONTEXT_GONE, "the context of the handler is gone"));
    }

    /** What was refused at once, and is left at that, is the publisher's to know. */
    synchronized @Nullable Delivery back(CompletableFuture<Void> passed) {
      isBack = true;
      return passed.isCompletedExceptionally() ? refusal : null;
    }
  }

  /** As {@link EventEndpoint#offer}, through the middleware. */
  static Delivery offer(
      EventDelivery delivery, EventEndpoint handler, Surroundings around, EventContext context) {
    var way = new Way(delivery, handler);
    CompletableFuture<Void> passed = around.event(context, delivery.event(), way::proceed);
    Delivery refusal = way.back(passed);
    if (refusal != null) {
      return refusal;
    }
    var _ =
        passed.whenComplete(
            (nothing, error) -> {
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
  public Map<String, String> pathParams() {
    return delivery.pathParams();
  }

  @Override
  public boolean isPast() {
    return delivery.isPast();
  }

  @Override
  public int attempt() {
    return delivery.attempt();
  }

  @Override
  public boolean isManual() {
    return delivery.isManual();
  }

  @Override
  public void begun() {
    delivery.begun();
  }

  @Override
  public void whenOver(Runnable callback) {
    delivery.whenOver(callback);
  }

  @Override
  public void handled() {
    done.complete(null);
  }

  @Override
  public void failed(RunarException error) {
    done.completeExceptionally(error);
  }
}
