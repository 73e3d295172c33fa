package dev.runar.internal.node;

import dev.runar.Event;
import dev.runar.internal.topic.TopicPath;
import dev.runar.internal.topic.TopicPattern;
import dev.runar.spi.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.List;

/**
 * Events kept for later subscribers, in the order of publication. Bounded by count and bytes: the
 * oldest goes first, and is counted. Guarded by the event bus's lock.
 */
final class RetainedEvents {
  private final int maxEvents;
  private final long maxBytes;
  private final Clock clock;
  private final ArrayDeque<Retained> events = new ArrayDeque<>();
  private long bytes;
  private long evicted;

  private record Retained(TopicPath path, Event event, long untilNanos) {}

  RetainedEvents(int maxEvents, long maxBytes, Clock clock) {
    this.maxEvents = maxEvents;
    this.maxBytes = maxBytes;
    this.clock = clock;
  }

  void add(TopicPath path, Event event, long forNanos) {
    dropExpired();
    events.add(new Retained(path, event, clock.nanos() + forNanos));
    bytes += event.payload().size();
    while (events.size() > maxEvents || bytes > maxBytes) {
      bytes -= events.remove().event.payload().size();
      evicted++;
    }
  }

  /**
   * Those that match, oldest first.
   *
   * @param within no older than this
   */
  List<Event> matching(TopicPattern pattern, Duration within) {
    dropExpired();
    long since = clock.wallMs() - Clock.nanosOf(within) / 1_000_000;
    return events.stream()
        .filter(retained -> pattern.matches(retained.path))
        .map(Retained::event)
        .filter(event -> event.timestampMs() >= since)
        .toList();
  }

  int clear(TopicPattern pattern) {
    dropExpired();
    int before = events.size();
    for (Iterator<Retained> i = events.iterator(); i.hasNext(); ) {
      Retained retained = i.next();
      if (pattern.matches(retained.path)) {
        bytes -= retained.event.payload().size();
        i.remove();
      }
    }
    return before - events.size();
  }

  int size() {
    return events.size();
  }

  /** Events that were dropped for room before their time. */
  long evicted() {
    return evicted;
  }

  private void dropExpired() {
    long now = clock.nanos();
    events.removeIf(
        retained -> {
          boolean expired = retained.untilNanos - now <= 0;
          if (expired) {
            bytes -= retained.event.payload().size();
          }
          return expired;
        });
  }
}
