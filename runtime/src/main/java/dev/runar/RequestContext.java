package dev.runar;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Flow;

/** The context of one request. Any thread. */
public interface RequestContext extends NodeContext {
  /** Unique within the node's life. */
  long requestId();

  /** The full path that was requested. */
  String path();

  /** The values of the path's {@code {name}} segments. */
  Map<String, String> pathParams();

  Map<String, String> meta();

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
