package dev.runar.internal.node;

import dev.runar.Middleware;
import dev.runar.Middleware.Request;
import dev.runar.Payload;
import dev.runar.RequestOptions;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.spi.Clock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One request from its caller's view, with middleware between the two: to cancel it cancels what
 * the middleware has passed on. Any thread.
 *
 * <p>It has a deadline of its own while it is with the middleware: the caller's, of which what is
 * left is passed on; of a caller who names none, the node's, anew after each answer from inside,
 * where the action's own timeout holds.
 */
final class SurroundedRequest extends CompletableFuture<Payload> {
  private final String path;
  private final long timeoutNanos;
  private final boolean isAsked;
  private final boolean isStream;
  private final Clock clock;
  private final Delays delays;
  private final long deadlineNanos;

  private @Nullable CompletableFuture<Payload> inside; // guarded by this
  private int goings; // guarded by this
  private boolean isOver; // without what is inside; guarded by this
  private @Nullable Runnable timer; // guarded by this

  /**
   * With the middleware from now on.
   *
   * @param isAsked whether it is its caller who says how long it may take
   */
  SurroundedRequest(
      String path,
      long timeoutNanos,
      boolean isAsked,
      boolean isStream,
      Clock clock,
      Delays delays) {
    this.path = path;
    this.timeoutNanos = timeoutNanos;
    this.isAsked = isAsked;
    this.isStream = isStream;
    this.clock = clock;
    this.delays = delays;
    this.deadlineNanos = clock.nanos() + timeoutNanos;
  }

  SurroundedRequest through(
      Request request, Surroundings around, Middleware.Next<Request, Payload> routed) {
    var _ =
        around
            .request(request, given -> passedOn(given, routed))
            .whenComplete(
                (result, error) -> {
                  rest();
                  if (error == null) {
                    complete(result);
                  } else {
                    completeExceptionally(Failures.of(error));
                  }
                });
    if (!isDone()) {
      synchronized (this) {
        if (inside == null) {
          limit(timeoutNanos);
        }
      }
    }
    return this;
  }

  /** The middleware has gone on, for the first time or again. */
  private CompletableFuture<Payload> passedOn(
      Request given, Middleware.Next<Request, Payload> routed) {
    if (isDone()) {
      return CompletableFuture.failedFuture(
          new RunarException(Code.CANCELLED, "request " + path + " is over"));
    }
    rest();
    CompletableFuture<Payload> next;
    try {
      next = routed.proceed(within(given));
    } catch (RuntimeException e) {
      next = CompletableFuture.failedFuture(e);
    }
    boolean isTooLate;
    int going;
    synchronized (this) {
      inside = next;
      going = ++goings;
      isTooLate = isOver;
    }
    if (isTooLate) {
      next.cancel(false);
    }
    if (!isStream) {
      var _ = next.whenComplete((result, error) -> back(going));
    }
    return next;
  }

  /** With what is left of the caller's time. */
  private Request within(Request given) {
    RequestOptions options = given.options();
    if (!isAsked || isStream || options.timeout().isZero()) {
      return given;
    }
    Duration left = Duration.ofNanos(Math.max(1, deadlineNanos - clock.nanos()));
    return left.compareTo(options.timeout()) >= 0
        ? given
        : new Request(given.path(), given.payload(), options.withTimeout(left));
  }

  /** It is with the middleware again, unless that has gone on once more. */
  private void back(int going) {
    if (isDone()) {
      return;
    }
    synchronized (this) {
      if (going == goings) {
        limit(isAsked ? Math.max(1, deadlineNanos - clock.nanos()) : timeoutNanos);
      }
    }
  }

  /** Caller holds the lock. */
  private void limit(long nanos) {
    rest();
    timer = delays.after(nanos, this::timeOut);
    if (isDone()) {
      rest();
    }
  }

  private void rest() {
    Runnable callOff;
    synchronized (this) {
      callOff = timer;
      timer = null;
    }
    if (callOff != null) {
      callOff.run();
    }
  }

  private void timeOut() {
    long ms = Duration.ofNanos(timeoutNanos).toMillis();
    completeExceptionally(
        new RunarException(
            Code.TIMEOUT,
            "request " + path + " timed out after " + ms + " ms; it was with the middleware"));
    giveUp();
  }

  /** The node has stopped, and ends what is inside. */
  void stop() {
    completeExceptionally(
        new RunarException(Code.SHUTDOWN, "request " + path + ": the node has stopped"));
    rest();
  }

  @Override
  public boolean cancel(boolean mayInterruptIfRunning) {
    boolean isFirst = super.cancel(mayInterruptIfRunning); // before the one inside fails for it
    giveUp();
    return isFirst;
  }

  /** What is inside is given up, too. */
  private void giveUp() {
    rest();
    CompletableFuture<Payload> passedOn;
    synchronized (this) {
      isOver = true;
      passedOn = inside;
    }
    if (passedOn != null) {
      passedOn.cancel(false);
    }
  }
}
