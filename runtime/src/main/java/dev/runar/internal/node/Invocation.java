package dev.runar.internal.node;

import dev.runar.HttpCall;
import dev.runar.Payload;
import dev.runar.RequestOptions;
import dev.runar.RunarException;
import dev.runar.spi.TraceContext;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One request on its way to an action. It is settled exactly once; whatever comes later (a late
 * result after a timeout) is counted and otherwise without effect. Any thread.
 */
public interface Invocation {
  /** What is left is never as much: more means that there is no deadline now. */
  Duration NO_DEADLINE = Duration.ofDays(3_650);

  /** The request itself, whichever stages have made this of it: one for all its attempts. */
  default Invocation origin() {
    return this;
  }

  long requestId();

  /** The full path, network and all. */
  String path();

  Payload payload();

  Map<String, String> pathParams();

  /** What the caller has said of it: meta, headers, caller, identity. */
  RequestOptions options();

  default Map<String, String> meta() {
    return options().meta();
  }

  /** What a fallback is to stand in for; null: the call is for the action itself. */
  default @Nullable RunarException failure() {
    return null;
  }

  /** Who asks; empty: not said. */
  default String caller() {
    return options().caller();
  }

  /** The how manyth try this is, from 1. */
  default int attempt() {
    return options().attempt();
  }

  /** This request in its trace; made at the first question. */
  TraceContext trace();

  /**
   * Puts something beside the result; without effect once the request is settled.
   *
   * @throws RunarException {@code TOO_LARGE}
   */
  void replyMeta(String name, String value);

  /** The HTTP request that it answers, if a client sent one. */
  default Optional<HttpCall> http() {
    return Optional.empty();
  }

  /**
   * On the node's monotonic clock, nanoseconds. A stream has a deadline only while its consumer
   * waits for an item; without one it is farther away than {@link #NO_DEADLINE}.
   */
  long deadlineNanos();

  /**
   * Since when nobody waits for the result any more, on the same clock: the deadline, or the moment
   * at which the caller gave up.
   */
  long overNanos();

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

  /**
   * Settles with an error, since its handler is gone: what {@link #onCancel} was given runs, so
   * that what the handler asked of others is given up, too.
   */
  default void abandon(RunarException error) {
    fail(error);
  }

  /** Runs the callback once when the deadline passes or the caller cancels; at once if it has. */
  void onCancel(Runnable callback);

  /** Forgets what {@link #onCancel} was given. */
  void dropOnCancel(Runnable callback);

  /** Where its handler writes, if it answers with a stream; {@link #succeed} is the end of it. */
  @Nullable Pipe output();

  /** Where its handler reads what the caller sends beside the payload; null: nothing. */
  @Nullable Pipe input();
}
