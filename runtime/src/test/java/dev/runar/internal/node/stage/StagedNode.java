package dev.runar.internal.node.stage;

import dev.runar.ActionOptions;
import dev.runar.Delivery;
import dev.runar.NodeConfig;
import dev.runar.Payload;
import dev.runar.RequestOptions;
import dev.runar.RunarException;
import dev.runar.internal.node.ActionEndpoint;
import dev.runar.internal.node.Invocation;
import dev.runar.internal.node.NodeCore;
import dev.runar.internal.node.ServiceDefinition;
import dev.runar.internal.node.ServiceScope;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** A real node with one action {@code s/a}, whose handler is the test. One thread, virtual time. */
final class StagedNode implements AutoCloseable {
  final VirtualTime time = new VirtualTime();

  /** What the handler was given and has not settled. */
  final Deque<Invocation> handler = new ArrayDeque<>();

  /** As {@link #handler}, of the fallback. */
  final Deque<Invocation> fallback = new ArrayDeque<>();

  Delivery answer = Delivery.QUEUED;

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  final NodeCore core =
      new NodeCore(
          NodeConfig.DEFAULT,
          time,
          threads,
          new DefaultActionStages(
              core -> new RetryStage.Time(time, time, Runnable::run, () -> 0.5), Runnable::run));

  static StagedNode with(ActionOptions options) {
    return new StagedNode(options, false);
  }

  static StagedNode withFallback(ActionOptions options) {
    return new StagedNode(options, true);
  }

  private StagedNode(ActionOptions options, boolean hasFallback) {
    core.services().add(service(options, hasFallback)).join();
    core.services().startAll().join();
  }

  private ServiceDefinition service(ActionOptions options, boolean hasFallback) {
    ActionEndpoint standIn =
        call -> {
          fallback.add(call);
          return Delivery.QUEUED;
        };
    ActionEndpoint endpoint =
        new ActionEndpoint() {
          @Override
          public Delivery offer(Invocation call) {
            if (answer == Delivery.QUEUED) {
              handler.add(call);
            }
            return answer;
          }

          @Override
          public Optional<ActionEndpoint> fallback() {
            return hasFallback ? Optional.of(standIn) : Optional.empty();
          }
        };
    return new ServiceDefinition(
        new ServiceScope("default", "s"),
        "s",
        "1.0.0",
        "",
        List.of(new ServiceDefinition.Action("a", null, options, endpoint)),
        List.of(),
        Map.of(),
        List.of(),
        List.of(),
        1,
        new NoLife());
  }

  CompletableFuture<Payload> request(@Nullable Object input) {
    return request(input, RequestOptions.DEFAULT);
  }

  CompletableFuture<Payload> request(@Nullable Object input, RequestOptions options) {
    return core.request("s/a", Payload.of(input), options);
  }

  /** The handler begins with its next call. */
  Invocation begin() {
    Invocation call = handler.remove();
    call.begin();
    return call;
  }

  Map<String, Long> counts() {
    return core.actionCounts().getOrDefault("s/a", Map.of());
  }

  static RunarException failure(CompletableFuture<Payload> answer) {
    return (RunarException) answer.exceptionNow();
  }

  static RunarException failed(RunarException.Code code) {
    return new RunarException(code, "as the test wants it");
  }

  static Duration ms(long ms) {
    return Duration.ofMillis(ms);
  }

  @Override
  public void close() {
    core.close();
    threads.close();
  }

  private static final class NoLife implements ServiceDefinition.Lifecycle {
    @Override
    public CompletableFuture<Void> init() {
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletableFuture<Void> start() {
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletableFuture<Void> stop() {
      return CompletableFuture.completedFuture(null);
    }
  }
}
