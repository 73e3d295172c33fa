package dev.runar.internal.broker;

import dev.runar.internal.topic.TopicPattern;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.jspecify.annotations.Nullable;

/** Everybody who subscribed to one wildcard pattern. */
final class PatternGroup implements Membership.Place {
  private final TopicPattern pattern;
  private final AtomicIntegerArray counts;

  // Each slot belongs to its lane's thread.
  private final @Nullable Members[] members;

  PatternGroup(TopicPattern pattern, int lanes) {
    this.pattern = pattern;
    this.counts = new AtomicIntegerArray(lanes);
    this.members = new @Nullable Members[lanes];
  }

  TopicPattern pattern() {
    return pattern;
  }

  /** Any thread. */
  int count(int lane) {
    return counts.get(lane);
  }

  /** Under the channel table's lock; returns the new count on that lane. */
  int add(int lane, int change) {
    return counts.addAndGet(lane, change);
  }

  boolean isEmpty() {
    for (int i = 0; i < counts.length(); i++) {
      if (counts.get(i) > 0) {
        return false;
      }
    }
    return true;
  }

  /** Lane's thread only. */
  Members on(Lane lane) {
    Members here = members[lane.index()];
    if (here == null) {
      here = new Members();
      members[lane.index()] = here;
    }
    return here;
  }
}
