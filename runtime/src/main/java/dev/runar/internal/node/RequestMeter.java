package dev.runar.internal.node;

import dev.runar.Payload;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.spi.Clock;
import dev.runar.spi.Metrics;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Tells whoever measures the node about its requests. Any thread. */
final class RequestMeter {
  private final Metrics metrics;
  private final Clock clock;

  RequestMeter(Metrics metrics, Clock clock) {
    this.metrics = metrics;
    this.clock = clock;
  }

  /** Null when nobody measures: requests then carry nothing for it. */
  static @Nullable RequestMeter of(Metrics metrics, Clock clock) {
    return metrics.equals(Metrics.NONE) ? null : new RequestMeter(metrics, clock);
  }

  /** Makes the request and tells how it ended. */
  CompletableFuture<Payload> measured(
      Registry.Route route, Supplier<CompletableFuture<Payload>> request) {
    long begun = clock.nanos();
    CompletableFuture<Payload> result = request.get();
    var _ =
        result.whenComplete(
            (payload, error) ->
                metrics.request(
                    route.service().path(),
                    route.action().name(),
                    code(error),
                    clock.nanos() - begun));
    return result; // and not what depends on it, which cannot cancel the request
  }

  /** Nothing answers to the path, which is the caller's own text and so no name for a measure. */
  void unrouted(RunarException refusal) {
    metrics.request("", "", refusal.code().name(), 0);
  }

  private static String code(@Nullable Throwable error) {
    return switch (error) {
      case null -> "OK";
      case RunarException known -> known.code().name();
      case CancellationException _ -> Code.CANCELLED.name();
      default -> Code.INTERNAL.name();
    };
  }
}
