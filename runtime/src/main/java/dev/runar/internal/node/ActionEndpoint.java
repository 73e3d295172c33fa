package dev.runar.internal.node;

import dev.runar.Delivery;

/** The receiving end of one action: a script's callback queue or a Java handler. Any thread. */
public interface ActionEndpoint {
  /**
   * Hands over one call. Never blocks.
   *
   * @return {@code QUEUED}: the endpoint now owns the call and settles it exactly once, by {@link
   *     Invocation#succeed} or {@link Invocation#fail}; otherwise it has not touched it
   */
  Delivery offer(Invocation call);
}
