package dev.runar.metrics;

import dev.runar.spi.Telemetry;
import dev.runar.spi.TraceContext;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The requests, publications and handlers of nodes as spans of OpenTelemetry. A span is named after
 * the action as it was defined, or {@code publish} or {@code handle} and the topic. One that fails
 * has the status {@code ERROR}, the code as {@code error.type}, and the failure. What a program
 * asks a node for without saying a trace is a part of the span that is current in its thread. Any
 * thread; several nodes may share one.
 *
 * <pre>{@code
 * Node.builder().telemetry(new OpenTelemetryTelemetry(openTelemetry)).start();
 * }</pre>
 */
public final class OpenTelemetryTelemetry implements Telemetry {
  private static final TextMapPropagator W3C = W3CTraceContextPropagator.getInstance();
  private static final String PARENT = "traceparent";
  private static final String STATE = "tracestate";
  private static final TextMapGetter<Map<String, String>> READER =
      (headers, name) -> headers == null ? null : headers.get(name);

  private final Tracer tracer;

  /** With the tracer {@code dev.runar} of an SDK or an agent. */
  public OpenTelemetryTelemetry(OpenTelemetry openTelemetry) {
    this.tracer = openTelemetry.getTracer("dev.runar");
  }

  /**
   * A place in a trace as a context, so that a handler's own spans are parts of what it handles:
   *
   * <pre>{@code
   * try (Scope scope = OpenTelemetryTelemetry.within(context.trace()).makeCurrent()) {
   *   database.query(…);
   * }
   * }</pre>
   */
  public static Context within(TraceContext place) {
    SpanContext read = read(place);
    return of(
        SpanContext.create(
            read.getTraceId(), read.getSpanId(), read.getTraceFlags(), read.getTraceState()));
  }

  @Override
  public Span begin(Operation operation, Optional<TraceContext> parent) {
    boolean isFromOutside = isFromOutside(operation);
    SpanBuilder builder = tracer.spanBuilder(name(operation)).setSpanKind(kind(operation));
    parent.ifPresent(known -> builder.setParent(isFromOutside ? of(read(known)) : within(known)));
    operation
        .attributes()
        .forEach(
            (name, value) -> {
              if (!value.isEmpty()) {
                builder.setAttribute(name, value);
              }
            });
    return new OpenSpan(builder.startSpan());
  }

  /** Of what was defined, not of what was asked, so that the number of names is bounded. */
  private static String name(Operation operation) {
    Map<String, String> attributes = operation.attributes();
    return switch (operation.kind()) {
      case REQUEST -> attributes.get("runar.service") + "/" + attributes.get("runar.action");
      case PUBLISH -> "publish " + operation.name();
      case HANDLE -> "handle " + operation.name();
    };
  }

  private static SpanKind kind(Operation operation) {
    return switch (operation.kind()) {
      case REQUEST -> isFromOutside(operation) ? SpanKind.SERVER : SpanKind.INTERNAL;
      case PUBLISH -> SpanKind.PRODUCER;
      case HANDLE -> SpanKind.CONSUMER;
    };
  }

  /** A request that no action or event handler makes; its parent may be of another process. */
  private static boolean isFromOutside(Operation operation) {
    return operation.kind() == Kind.REQUEST
        && operation.attributes().getOrDefault("runar.caller", "").indexOf('/') < 0;
  }

  private static Context of(SpanContext place) {
    return Context.root().with(io.opentelemetry.api.trace.Span.wrap(place));
  }

  private static SpanContext read(TraceContext place) {
    Map<String, String> headers = Map.of(PARENT, place.traceparent(), STATE, place.tracestate());
    Context read = W3C.extract(Context.root(), headers, READER);
    return io.opentelemetry.api.trace.Span.fromContext(read).getSpanContext();
  }

  /** A span that has begun. */
  private record OpenSpan(io.opentelemetry.api.trace.Span span) implements Span {
    @Override
    public Optional<TraceContext> context() {
      var headers = new HashMap<String, String>();
      W3C.inject(
          of(span.getSpanContext()), headers, (carrier, name, value) -> headers.put(name, value));
      return TraceContext.parse(headers.get(PARENT), headers.getOrDefault(STATE, ""));
    }

    @Override
    public void end(String code, Optional<Throwable> failure) {
      if (!code.equals("OK")) {
        span.setAttribute("error.type", code);
        span.setStatus(StatusCode.ERROR, failure.map(Throwable::getMessage).orElse(code));
        failure.ifPresent(span::recordException);
      }
      span.end();
    }
  }
}
