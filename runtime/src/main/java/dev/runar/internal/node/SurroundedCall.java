package dev.runar.internal.node;

import dev.runar.Payload;
import dev.runar.RequestContext;
import dev.runar.RunarException;
import java.util.concurrent.CompletableFuture;

/**
 * One call as it is behind the middleware: with the input and the answer in between. Any thread.
 */
final class SurroundedCall extends ForwardingInvocation {
  private final Payload payload;
  private final CompletableFuture<Payload> answer = new CompletableFuture<>();

  private SurroundedCall(Invocation call, Payload payload) {
    super(call);
    this.payload = payload;
  }

  /** Offers a call to its action, through the middleware. */
  static void submit(
      Invocation call, ActionEndpoint action, Surroundings around, RequestContext context) {
    var _ =
        around
            .action(
                context,
                call.payload(),
                input -> {
                  var inside = new SurroundedCall(call, input);
                  action.submit(inside);
                  return inside.answer;
                })
            .whenComplete(
                (result, error) -> {
                  if (error == null) {
                    call.succeed(result);
                  } else {
                    call.fail(Failures.of(error));
                  }
                });
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
    answer.complete(result);
  }

  @Override
  public void fail(RunarException error) {
    answer.completeExceptionally(error);
  }
}
