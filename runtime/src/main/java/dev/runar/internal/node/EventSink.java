package dev.runar.internal.node;

import dev.runar.Event;
import dev.runar.Payload;
import java.util.function.BiFunction;

/** Sees every event that the node publishes; the broker is one. */
public interface EventSink {
  /**
   * Takes one event, on the publisher's thread; never blocks. Calls for one topic come in the
   * publisher's order.
   *
   * @return the number of client sessions that it was handed to
   */
  int accept(Event event);

  /**
   * The way of what is written on one topic.
   *
   * @param events makes the event of a payload on that topic
   */
  default Inlet inlet(String topic, BiFunction<String, Payload, Event> events) {
    return payload -> {
      int _ = accept(events.apply(topic, payload));
      return true;
    };
  }
}
