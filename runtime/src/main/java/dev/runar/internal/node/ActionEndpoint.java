package dev.runar.internal.node;

import dev.runar.Delivery;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import java.util.Optional;

/** The receiving end of one action: a script's callback queue or a Java handler. Any thread. */
public interface ActionEndpoint {
  /**
   * Hands over one call. Never blocks.
   *
   * @return {@code QUEUED}: the endpoint now owns the call and settles it exactly once, by {@link
   *     Invocation#succeed} or {@link Invocation#fail}; otherwise it has not touched it
   */
  Delivery offer(Invocation call);

  /** As {@link #offer}, and tells a call that is not taken. */
  default void submit(Invocation call) {
    switch (offer(call)) {
      case QUEUED -> {}
      case FULL ->
          call.fail(
              new RunarException(
                  Code.OVERLOADED, "the queue of " + call.path() + " is full; try again later"));
      case CLOSED ->
          call.fail(
              new RunarException(Code.CONTEXT_GONE, "the context of " + call.path() + " is gone"));
    }
  }

  /** What answers in the action's place when it has failed, if it has such a handler. */
  default Optional<ActionEndpoint> fallback() {
    return Optional.empty();
  }

  /** Calls taken and not answered yet, for who chooses between endpoints. Never blocks. */
  default int unanswered() {
    return 0;
  }

  /**
   * Where the handler is, if it runs this call right now: its stack as its author reads it. May
   * take a while, since a running handler has to be asked.
   */
  default Optional<String> stackOf(Invocation call) {
    return Optional.empty();
  }

  /** The failure, whose stack is of this handler, with whatever helps its author to find it. */
  default RunarException placed(RunarException failure) {
    return failure;
  }

  /** Whether {@link #stackOf} is worth asking. Never blocks. */
  default boolean isRunning(Invocation call) {
    return false;
  }
}
