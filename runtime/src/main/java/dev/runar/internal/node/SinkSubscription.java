package dev.runar.internal.node;

import dev.runar.Subscription;
import java.util.List;

/** The place of a sink, which sees every event. Any thread. */
record SinkSubscription(long id, EventSink sink, List<EventSink> sinks) implements Subscription {
  @Override
  public String pattern() {
    return ">";
  }

  @Override
  public void close() {
    sinks.remove(sink);
  }
}
