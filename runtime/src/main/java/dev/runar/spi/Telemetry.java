package dev.runar.spi;

import java.util.Map;
import java.util.Optional;

/**
 * Hears of requests and events as spans, such as an OpenTelemetry tracer wants them. Any thread;
 * must not block, and what it throws is logged and ignored.
 *
 * <p>A node without one makes no spans, and the ids of a trace only when somebody asks.
 */
public interface Telemetry {
  /** Hears of nothing. */
  Telemetry NONE = (operation, parent) -> Span.NONE;

  /** What is under way. */
  enum Kind {
    /** A request, from the call to its answer. From outside the node if it has no caller in it. */
    REQUEST,
    /** A publish, to the moment when every handler has taken or refused the event. */
    PUBLISH,
    /** An event handler, from the moment when the event waits for it. */
    HANDLE
  }

  /**
   * What is under way.
   *
   * @param name the path of the action, or the topic
   * @param attributes {@code runar.service}, {@code runar.action} or {@code runar.topic}, {@code
   *     runar.attempt}, {@code runar.caller}
   */
  record Operation(Kind kind, String name, Map<String, String> attributes) {}

  /** One operation that has begun. */
  interface Span {
    /** Nobody wants to know. */
    Span NONE =
        new Span() {
          @Override
          public Optional<TraceContext> context() {
            return Optional.empty();
          }

          @Override
          public void end(String code, Optional<Throwable> failure) {}
        };

    /**
     * Its place in its trace, which what it leads to is a part of, and which its handler sees;
     * empty: the node chooses.
     */
    Optional<TraceContext> context();

    /**
     * It is over; called once.
     *
     * @param code {@code OK}, or the code of the failure
     */
    void end(String code, Optional<Throwable> failure);
  }

  /**
   * An operation begins.
   *
   * @param parent what it is a part of; empty: nothing that the node knows of
   */
  Span begin(Operation operation, Optional<TraceContext> parent);
}
