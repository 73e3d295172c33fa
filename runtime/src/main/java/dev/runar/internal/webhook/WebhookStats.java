package dev.runar.internal.webhook;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** What became of the events that webhooks are told, in numbers of events. Any thread. */
public final class WebhookStats {

  /** What can become of one. */
  public enum Outcome {
    /** The receiver said 2xx. */
    DELIVERED,
    /** A call failed and is made again; counted once for each call. */
    RETRIED,
    /** The receiver has failed for as long as is tried. */
    GIVEN_UP,
    /** There was no room: the oldest has gone. */
    DROPPED,
    /** Who left came back so soon that neither is told. */
    UNDONE,
    /** A cache miss that was told a moment ago. */
    REPEATED
  }

  private final Map<Outcome, LongAdder> counts = new EnumMap<>(Outcome.class);

  WebhookStats() {
    for (Outcome outcome : Outcome.values()) {
      counts.put(outcome, new LongAdder());
    }
  }

  void count(Outcome outcome, int events) {
    LongAdder count = counts.get(outcome);
    if (count != null) {
      count.add(events);
    }
  }

  /** How many so far. */
  public long of(Outcome outcome) {
    LongAdder count = counts.get(outcome);
    return count == null ? 0 : count.sum();
  }
}
