package dev.runar.internal.node;

import dev.runar.Event;

/** Sees every event that the node publishes; the broker is one. */
public interface EventSink {
  /**
   * Takes one event, on the publisher's thread; never blocks. Calls for one topic come in the
   * publisher's order.
   *
   * @return the number of client sessions that it was handed to
   */
  int accept(Event event);
}
