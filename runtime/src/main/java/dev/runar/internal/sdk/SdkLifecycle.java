package dev.runar.internal.sdk;

import dev.runar.Payload;
import dev.runar.internal.node.ServiceDefinition;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * The life of a service of JavaScript: steps with names, each run where the service lives. Any
 * thread; never blocks.
 */
public record SdkLifecycle(Steps steps) implements ServiceDefinition.Lifecycle {
  /** Where the steps are run. Any thread; never blocks. */
  public interface Steps {
    /** Completes when the step, or the promise that it returns, has; an absent one succeeds. */
    CompletableFuture<Void> run(String step);

    /** As {@link #run}, with what it returns; empty if it is absent or returns nothing. */
    CompletableFuture<Optional<Payload>> ask(String step);

    /** Whether the service says how it is. */
    boolean tellsHealth();

    /** Completes when everything that the service was offered before has been answered. */
    CompletableFuture<Void> drained();

    /** What the one before has saved. */
    CompletableFuture<Void> restore(Payload state);
  }

  @Override
  public CompletableFuture<Void> init() {
    return steps.run("init");
  }

  @Override
  public CompletableFuture<Void> start() {
    return steps.run("start");
  }

  @Override
  public CompletableFuture<Void> stop() {
    return steps.run("stop");
  }

  @Override
  public CompletableFuture<Void> pause() {
    return steps.run("pause");
  }

  @Override
  public CompletableFuture<Void> resume() {
    return steps.run("resume");
  }

  /** Through the queue, so that JavaScript that does not get on is not healthy either. */
  @Override
  public CompletableFuture<Optional<Payload>> health() {
    return steps.tellsHealth()
        ? steps.ask("health")
        : CompletableFuture.completedFuture(Optional.empty());
  }

  @Override
  public CompletableFuture<Optional<Payload>> save() {
    return steps.ask("save");
  }

  @Override
  public CompletableFuture<Void> restore(Payload state) {
    return steps.restore(state);
  }

  @Override
  public CompletableFuture<Void> drained() {
    return steps.drained();
  }
}
