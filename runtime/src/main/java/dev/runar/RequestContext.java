package dev.runar;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** The context of one request. Any thread. */
public interface RequestContext extends NodeContext {
  /** Unique within the node's life. */
  long requestId();

  /** The full path that was requested. */
  String path();

  /** The values of the path's {@code {name}} segments. */
  Map<String, String> pathParams();

  Map<String, String> meta();

  /** The HTTP request that this answers, if an HTTP client sent one. */
  default Optional<HttpCall> http() {
    return Optional.empty();
  }

  /** What is left until the deadline; never negative. */
  Duration remaining();

  /** The caller has given up or the deadline has passed. */
  boolean isCancelled();

  /** Runs the callback once, when the request is cancelled; at once if it already is. */
  void onCancel(Runnable callback);
}
