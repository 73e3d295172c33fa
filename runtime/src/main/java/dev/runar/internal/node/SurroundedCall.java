package dev.runar.internal.node;

import dev.runar.Payload;
import dev.runar.RequestContext;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One call as it is behind the middleware: with the input and the answer in between. The middleware
 * hears of the end of its request, and of a handler that is gone, as of a failure. Any thread.
 */
final class SurroundedCall extends AttemptedInvocation {
  private final Payload payload;
  private final AtomicInteger running;
  private final CompletableFuture<Payload> answer = new CompletableFuture<>();
  private final Runnable over = this::over;

  private SurroundedCall(Invocation call, Payload payload, AtomicInteger running) {
    super(call);
    this.payload = payload;
    this.running = running;
  }

  /** Offers a call to its action, through the middleware. */
  static void submit(
      Invocation call, ActionEndpoint action, Surroundings around, RequestContext context) {
    var running = new AtomicInteger();
    var _ =
        around
            .action(context, call.payload(), input -> proceed(call, action, input, running))
            .whenComplete(
                (result, error) -> {
                  if (call.isSettled() && running.get() > 0) {
                    return; // the end of the handler, which runs on, is what counts
                  }
                  settle(call, result, error);
                });
  }

  private static void settle(Invocation call, Payload result, @Nullable Throwable error) {
    if (error == null) {
      call.succeed(result);
    } else {
      call.fail(Failures.of(error));
    }
  }

  private static CompletableFuture<Payload> proceed(
      Invocation call, ActionEndpoint action, Payload input, AtomicInteger running) {
    if (call.isSettled()) {
      return CompletableFuture.failedFuture(tooLate(call));
    }
    var inside = new SurroundedCall(call, input, running);
    running.incrementAndGet();
    call.onCancel(inside.over);
    action.submit(inside);
    return inside.answer;
  }

  private static RunarException tooLate(Invocation call) {
    if (call.origin() instanceof PendingRequest request && request.stopped().isPresent()) {
      return request.stopped().get();
    }
    return new RunarException(
        Code.CANCELLED,
        "request "
            + call.path()
            + " is over: it was answered or given up, or its deadline has passed");
  }

  /** The request has ended without its handler. */
  private void over() {
    answer.completeExceptionally(tooLate(call()));
  }

  @Override
  public Payload payload() {
    return payload;
  }

  @Override
  public boolean isSettled() {
    return answer.isDone() || super.isSettled();
  }

  @Override
  public void succeed(Payload result) {
    ended();
    if (!answer.complete(result)) {
      call().succeed(result); // where it is counted
    }
  }

  @Override
  public void fail(RunarException error) {
    ended();
    if (!answer.completeExceptionally(error)) {
      call().fail(error);
    }
  }

  @Override
  public void abandon(RunarException error) {
    if (answer.isDone()) {
      ended();
      call().abandon(error);
    } else {
      giveUp();
      fail(error);
    }
  }

  private void ended() {
    running.decrementAndGet();
    call().dropOnCancel(over);
  }
}
