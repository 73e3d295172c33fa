package dev.runar.internal.node;

import dev.runar.Delivery;
import dev.runar.Event;

/** The receiving end of one subscription: a script's callback queue or a Java handler. */
public interface EventEndpoint {
  /**
   * Hands over one event. Never blocks; events of one publisher keep their order.
   *
   * @return {@code QUEUED}: the endpoint now owns it and calls {@link EventDelivery#handled} or
   *     {@link EventDelivery#failed} exactly once; otherwise it has not touched it
   */
  Delivery offer(EventDelivery delivery);

  /** Whose handler it is, such as {@code service math}; empty: nobody's that lists name. */
  default String owner() {
    return "";
  }

  /** Events of one number keep their order; those of others need not wait for them. */
  default int lane(Event event) {
    return 0;
  }
}
