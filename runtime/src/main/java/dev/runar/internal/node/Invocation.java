package dev.runar.internal.node;

import dev.runar.HttpCall;
import dev.runar.Payload;
import dev.runar.RunarException;
import java.util.Map;
import java.util.Optional;

/**
 * One request on its way to an action. It is settled exactly once; whatever comes later (a late
 * result after a timeout) is counted and otherwise without effect. Any thread.
 */
public interface Invocation {
  long requestId();

  /** The full path, network and all. */
  String path();

  Payload payload();

  Map<String, String> pathParams();

  Map<String, String> meta();

  /** Who asks, for reports of failures; empty: not said. */
  default String caller() {
    return "";
  }

  /** The HTTP request that it answers, if a client sent one. */
  default Optional<HttpCall> http() {
    return Optional.empty();
  }

  /** On the node's monotonic clock, nanoseconds. */
  long deadlineNanos();

  /** Already settled, by a result, the deadline or the caller's cancellation. */
  boolean isSettled();

  /** The handler begins. */
  void begin();

  /** Whether its handler has begun; it may have to wait for something since. */
  boolean hasBegun();

  /** Settles with the result. */
  void succeed(Payload result);

  /** Settles with an error. */
  void fail(RunarException error);

  /** Runs the callback once when the deadline passes or the caller cancels; at once if it has. */
  void onCancel(Runnable callback);
}
