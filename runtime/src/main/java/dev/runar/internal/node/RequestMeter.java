package dev.runar.internal.node;

import dev.runar.Payload;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.spi.Clock;
import dev.runar.spi.Telemetry;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Tells whoever measures the node about its requests. Any thread. */
final class RequestMeter {
  private final Telemetry telemetry;
  private final Clock clock;

  RequestMeter(Telemetry telemetry, Clock clock) {
    this.telemetry = telemetry;
    this.clock = clock;
  }

  /** Makes the request and tells how it ended. */
  CompletableFuture<Payload> measured(
      Registry.Route route, Supplier<CompletableFuture<Payload>> request) {
    long begun = clock.nanos();
    CompletableFuture<Payload> result = request.get();
    var _ =
        result.whenComplete(
            (payload, error) ->
                telemetry.request(
                    route.service().path(),
                    route.action().name(),
                    code(error),
                    clock.nanos() - begun));
    return result; // and not what depends on it, which cannot cancel the request
  }

  /** Nothing answers to the path, which is the caller's own text and so no name for a measure. */
  void unrouted(RunarException refusal) {
    telemetry.request("", "", refusal.code().name(), 0);
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
