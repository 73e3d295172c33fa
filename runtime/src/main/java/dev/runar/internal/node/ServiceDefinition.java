package dev.runar.internal.node;

import dev.runar.ActionOptions;
import dev.runar.Payload;
import dev.runar.SubscribeOptions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A service as the node sees it, whether it is written in TypeScript or in Java.
 *
 * @param scope where it lives
 * @param name what people read
 * @param version such as {@code 1.0.0}
 * @param description one sentence, or empty
 * @param actions what can be requested
 * @param events what it listens to
 * @param sockets raw WebSocket paths of the URL
 * @param topics what it says it writes on
 * @param dependsOn services that must run before this one starts, such as {@code auth@^2}
 * @param instances how many script contexts it lives in; 1 for most
 * @param lifecycle called around its life
 */
public record ServiceDefinition(
    ServiceScope scope,
    String name,
    String version,
    String description,
    List<Action> actions,
    List<EventListener> events,
    Map<String, SocketEndpoint> sockets,
    List<DeclaredTopic> topics,
    List<String> dependsOn,
    int instances,
    Lifecycle lifecycle) {

  /**
   * One action.
   *
   * @param name without the service's path; may hold {@code {name}} segments
   * @param params the names of its positional parameters; null: it takes the whole input
   */
  public record Action(
      String name, @Nullable List<String> params, ActionOptions options, ActionEndpoint endpoint) {}

  /**
   * One event handler.
   *
   * @param pattern as the service wrote it; a single segment is the service's own topic
   */
  public record EventListener(String pattern, SubscribeOptions options, EventEndpoint endpoint) {}

  /** Called around a service's life; never blocks. */
  public interface Lifecycle {
    /** Before anything can reach the service. */
    CompletableFuture<Void> init();

    /** When the node runs. */
    CompletableFuture<Void> start();

    /** Before the node ends, or the service is removed. */
    CompletableFuture<Void> stop();

    /** After it was paused. */
    default CompletableFuture<Void> pause() {
      return CompletableFuture.completedFuture(null);
    }

    /** Before it goes on. */
    default CompletableFuture<Void> resume() {
      return CompletableFuture.completedFuture(null);
    }

    /** How it is; a failure, {@code false} and {@code ready: false} say that it is not ready. */
    default CompletableFuture<Optional<Payload>> health() {
      return CompletableFuture.completedFuture(Optional.empty());
    }

    /** Completes when everything that it was offered before has been answered. */
    default CompletableFuture<Void> drained() {
      return CompletableFuture.completedFuture(null);
    }

    /** The service has left the node; its path is free. */
    default void removed() {}

    /** What another one of this service, which is about to take its place, is to begin with. */
    default CompletableFuture<Optional<Payload>> save() {
      return CompletableFuture.completedFuture(Optional.empty());
    }

    /** What the one before has saved; after init, before start and before anything else. */
    default CompletableFuture<Void> restore(Payload state) {
      return CompletableFuture.completedFuture(null);
    }
  }
}
