package dev.runar.internal.link;

import dev.runar.Payload;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.internal.link.Exchanges.Exchange;
import dev.runar.internal.node.ServiceScope;
import dev.runar.internal.sdk.SdkLifecycle;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * The steps of the life of a service of the JavaScript side. Any thread; never blocks.
 *
 * @param numbers of those that it has, by name
 */
record LinkSteps(Peer peer, ServiceScope scope, Map<String, Integer> numbers)
    implements SdkLifecycle.Steps {
  @Override
  public CompletableFuture<Void> run(String step) {
    return ask(step).thenAccept(done -> {});
  }

  @Override
  public CompletableFuture<Optional<Payload>> ask(String step) {
    Integer handler = numbers.get(step);
    if (handler == null) {
      return CompletableFuture.completedFuture(Optional.empty());
    }
    var done = new Step(new CompletableFuture<>());
    peer.askReserved(done, id -> Frame.at(FrameKind.STEP, handler, id, null), gone());
    return done.answer();
  }

  @Override
  public boolean tellsHealth() {
    return numbers.containsKey("health");
  }

  /** Of what is offered to others nothing has to be over. */
  @Override
  public CompletableFuture<Void> drained() {
    return peer.exchanges()
        .whenOver(exchange -> exchange instanceof LinkTask task && task.scope().equals(scope));
  }

  /** Nothing is loaded anew while a link lasts, so that there is no state to begin with. */
  @Override
  public CompletableFuture<Void> restore(Payload state) {
    return CompletableFuture.completedFuture(null);
  }

  private static RunarException gone() {
    return new RunarException(Code.CONTEXT_GONE, "the script context of the service is gone");
  }

  private record Step(CompletableFuture<Optional<Payload>> answer) implements Exchange {
    @Override
    public void succeeded(Frame frame) {
      answer.complete(Optional.ofNullable(frame.payload()));
    }

    @Override
    public void failed(Frame frame) {
      answer.completeExceptionally(Peer.failureOf(frame));
    }

    @Override
    public void gone(RunarException reason) {
      answer.completeExceptionally(reason);
    }
  }
}
