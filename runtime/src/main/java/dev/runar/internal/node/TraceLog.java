package dev.runar.internal.node;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The traces of the last events, and for longer of the last ones that somebody refused or failed to
 * handle. Any thread; no lock on the way of a publication.
 */
final class TraceLog {
  static final int RECENT = 8_192; // powers of two
  static final int TROUBLED = 1_024;

  private final AtomicReferenceArray<@Nullable EventTrace> recent =
      new AtomicReferenceArray<>(RECENT);
  private final AtomicReferenceArray<@Nullable EventTrace> troubled =
      new AtomicReferenceArray<>(TROUBLED);
  private final AtomicInteger troubles = new AtomicInteger();

  void add(EventTrace trace) {
    recent.setRelease((int) trace.id & RECENT - 1, trace);
  }

  /** Somebody refused the event, or failed. */
  void trouble(EventTrace trace) {
    if (trace.becomesTrouble()) {
      troubled.setRelease(troubles.getAndIncrement() & TROUBLED - 1, trace);
    }
  }

  Optional<EventTrace> find(long id) {
    EventTrace last = recent.getAcquire((int) id & RECENT - 1);
    if (last != null && last.id == id) {
      return Optional.of(last);
    }
    for (int i = 0; i < TROUBLED; i++) {
      EventTrace trace = troubled.getAcquire(i);
      if (trace != null && trace.id == id) {
        return Optional.of(trace);
      }
    }
    return Optional.empty();
  }

  /** When the oldest event that is still under way with a subscription was published. */
  Map<Subscriber, Long> oldestOpen() {
    var oldest = new HashMap<Subscriber, Long>();
    collect(recent, oldest);
    collect(troubled, oldest);
    return oldest;
  }

  private static void collect(
      AtomicReferenceArray<@Nullable EventTrace> from, Map<Subscriber, Long> oldest) {
    for (int i = 0; i < from.length(); i++) {
      EventTrace trace = from.getAcquire(i);
      if (trace != null) {
        trace.eachOpen(
            who -> oldest.merge(who, trace.atNanos, (a, b) -> a - b < 0 ? a : b)); // nano times
      }
    }
  }
}
