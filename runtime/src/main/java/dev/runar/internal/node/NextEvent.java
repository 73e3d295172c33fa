package dev.runar.internal.node;

import dev.runar.Delivery;
import dev.runar.Event;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.SubscribeOptions;
import dev.runar.Subscription;
import dev.runar.spi.Clock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Waits for one event. Stateless. */
final class NextEvent {
  private NextEvent() {}

  /** Subscribed when the call returns, until the event, the timeout or the future's end. */
  static CompletableFuture<Event> of(
      NodeCore core, String pattern, Duration timeout, SubscribeOptions options) {
    var first = new CompletableFuture<Event>();
    Subscription subscription;
    try {
      subscription =
          core.subscribe(
              pattern,
              delivery -> {
                first.complete(delivery.event());
                delivery.handled();
                return Delivery.QUEUED;
              },
              options);
    } catch (RunarException e) {
      return CompletableFuture.failedFuture(e);
    }
    var result = new CompletableFuture<Event>();
    var _ =
        first
            .orTimeout(Clock.nanosOf(timeout), TimeUnit.NANOSECONDS)
            .whenComplete(
                (event, error) -> {
                  subscription.close();
                  if (error == null) {
                    result.complete(event);
                  } else {
                    result.completeExceptionally(
                        new RunarException(
                            Code.TIMEOUT,
                            "no event " + pattern + " within " + timeout.toMillis() + " ms"));
                  }
                });
    var _ = result.whenComplete((event, error) -> first.cancel(false));
    return result;
  }
}
