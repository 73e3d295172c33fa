package dev.runar.internal.link;

import dev.runar.Payload;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.internal.link.Exchanges.Exchange;
import dev.runar.internal.node.ServiceDefinition;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * The steps of the life of a service of the JavaScript side. Any thread; never blocks.
 *
 * @param steps the numbers of those that it has, by name
 */
record LinkLifecycle(Peer peer, Map<String, Integer> steps) implements ServiceDefinition.Lifecycle {
  @Override
  public CompletableFuture<Void> init() {
    return run("init");
  }

  @Override
  public CompletableFuture<Void> start() {
    return run("start");
  }

  @Override
  public CompletableFuture<Void> stop() {
    return run("stop");
  }

  @Override
  public CompletableFuture<Void> pause() {
    return run("pause");
  }

  @Override
  public CompletableFuture<Void> resume() {
    return run("resume");
  }

  /** Through the queue, so that JavaScript that does not get on is not healthy either. */
  @Override
  public CompletableFuture<Optional<Payload>> health() {
    return ask("health");
  }

  /** Of all that the other side does: what is of this service it does not tell. */
  @Override
  public CompletableFuture<Void> drained() {
    return peer.exchanges().whenNone();
  }

  private CompletableFuture<Void> run(String step) {
    return ask(step).thenAccept(done -> {});
  }

  private CompletableFuture<Optional<Payload>> ask(String step) {
    Integer handler = steps.get(step);
    if (handler == null) {
      return CompletableFuture.completedFuture(Optional.empty());
    }
    var done = new Step(new CompletableFuture<>());
    peer.askReserved(done, id -> Frame.at(FrameKind.STEP, handler, id, null), gone());
    return done.answer();
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
