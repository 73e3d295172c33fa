package dev.runar.internal.node;

import dev.runar.Middleware;
import dev.runar.Middleware.Request;
import dev.runar.Payload;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One request from its caller's view, with middleware between the two: to cancel it cancels what
 * the middleware has passed on. Any thread.
 */
final class SurroundedRequest extends CompletableFuture<Payload> {
  private @Nullable CompletableFuture<Payload> inside; // guarded by this
  private boolean isCancelled; // guarded by this

  static SurroundedRequest begin(
      Request request, Surroundings around, Middleware.Next<Request, Payload> routed) {
    return new SurroundedRequest().through(request, around, routed);
  }

  private SurroundedRequest through(
      Request request, Surroundings around, Middleware.Next<Request, Payload> routed) {
    var _ =
        around
            .request(request, given -> passedOn(routed.proceed(given)))
            .whenComplete(
                (result, error) -> {
                  if (error == null) {
                    complete(result);
                  } else {
                    completeExceptionally(Failures.of(error));
                  }
                });
    return this;
  }

  /** The middleware has gone on, for the first time or again. */
  private CompletableFuture<Payload> passedOn(CompletableFuture<Payload> next) {
    boolean isTooLate;
    synchronized (this) {
      inside = next;
      isTooLate = isCancelled;
    }
    if (isTooLate) {
      next.cancel(false);
    }
    return next;
  }

  @Override
  public boolean cancel(boolean mayInterruptIfRunning) {
    boolean isFirst = super.cancel(mayInterruptIfRunning); // before the one inside fails for it
    CompletableFuture<Payload> passedOn;
    synchronized (this) {
      isCancelled = true;
      passedOn = inside;
    }
    if (passedOn != null) {
      passedOn.cancel(mayInterruptIfRunning);
    }
    return isFirst;
  }
}
