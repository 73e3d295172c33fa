package dev.runar.internal.node;

import dev.runar.Event;
import dev.runar.RequestOptions;
import dev.runar.RunarException;
import dev.runar.spi.Telemetry;
import dev.runar.spi.Telemetry.Kind;
import dev.runar.spi.Telemetry.Operation;
import dev.runar.spi.Telemetry.Span;
import dev.runar.spi.TraceContext;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Tells the embedder's telemetry what is under way. What it throws is logged. Any thread. */
final class Spans {
  private static final Logger LOG = System.getLogger("dev.runar.node");

  private final Telemetry telemetry;

  Spans(Telemetry telemetry) {
    this.telemetry = telemetry;
  }

  boolean isOff() {
    return telemetry.equals(Telemetry.NONE);
  }

  Span request(String path, ServiceScope service, String action, RequestOptions options) {
    var attributes =
        Map.of(
            "runar.service", service.servicePath(),
            "runar.action", action,
            "runar.attempt", String.valueOf(options.attempt()),
            "runar.caller", options.caller());
    return begin(new Operation(Kind.REQUEST, path, attributes), options.trace());
  }

  /**
   * Publishes within a span, which ends when every handler has taken or refused the event.
   *
   * @param publish is given the event's place in its trace; null: the node makes it
   */
  <T> T publish(
      String topic, @Nullable TraceContext parent, Function<@Nullable TraceContext, T> publish) {
    Span span = begin(new Operation(Kind.PUBLISH, topic, Map.of("runar.topic", topic)), parent);
    try {
      T receipt = publish.apply(span.context().orElse(null));
      end(span, null);
      return receipt;
    } catch (RunarException e) {
      end(span, e);
      throw e;
    }
  }

  Span handle(Event event) {
    var attributes = Map.of("runar.topic", event.topic());
    return begin(new Operation(Kind.HANDLE, event.topic(), attributes), event.trace());
  }

  private Span begin(Operation operation, @Nullable TraceContext parent) {
    return guarded(() -> telemetry.begin(operation, Optional.ofNullable(parent)), Span.NONE);
  }

  void end(Span span, @Nullable Throwable error) {
    String code = error == null ? "OK" : Failures.of(error).code().name();
    guarded(
        () -> {
          span.end(code, Optional.ofNullable(error));
          return span;
        },
        span);
  }

  private static Span guarded(Supplier<Span> embedders, Span otherwise) {
    try {
      return embedders.get();
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, "telemetry failed", e);
      return otherwise;
    }
  }
}
