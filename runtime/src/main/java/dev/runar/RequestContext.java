package dev.runar;

import dev.runar.spi.TraceContext;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Flow;

/** The context of one request. Any thread. */
public interface RequestContext extends NodeContext {
  /** Unique within the node's life. */
  long requestId();

  /** The full path that was requested. */
  String path();

  /** The values of the path's {@code {name}} segments. */
  Map<String, String> pathParams();

  /** What the caller sent along; carried on to the requests and events made from here. */
  Map<String, String> meta();

  /** What the caller sent to this action only. */
  Map<String, String> headers();

  /**
   * Who asks: the path of an action, {@code session 12}, {@code script app.ts}; empty: not said.
   */
  String caller();

  /** For whom, as the border of the node has made sure; carried on. */
  Optional<Payload> identity();

  /** This request in its trace; requests and events made from here are parts of it. */
  TraceContext trace();

  /** The how manyth try this is, from 1. */
  int attempt();

  /**
   * Gives the caller something beside the result: its {@code onMeta} gets it. What is put after the
   * answer is lost.
   *
   * @throws RunarException {@code TOO_LARGE} beyond the bounds of {@link RequestOptions}
   */
  void replyMeta(String name, String value);

  /** The HTTP request that this answers, if an HTTP client sent one. */
  default Optional<HttpCall> http() {
    return Optional.empty();
  }

  /**
   * The items that the caller sends beside the payload, if the action {@code takesStream}; for one
   * subscriber. None if the caller sends nothing.
   */
  Flow.Publisher<Payload> input();

  /**
   * What is left until the deadline; never negative. For a stream: until its consumer gives up
   * waiting for the next item, and more than ten years while it does not wait.
   */
  Duration remaining();

  /** The caller has given up or the deadline has passed. */
  boolean isCancelled();

  /** Runs the callback once, when the request is cancelled; at once if it already is. */
  void onCancel(Runnable callback);
}
