package dev.runar.internal.broker;

import dev.runar.internal.broker.BrokerStats.Refusal;
import java.util.concurrent.atomic.AtomicInteger;

/** The places for sessions, and whether new ones may still take them. Any thread. */
final class Admission {
  private final int most;
  private final BrokerStats stats;
  private final AtomicInteger taken = new AtomicInteger();
  private volatile boolean turnsAway;

  Admission(int most, BrokerStats stats) {
    this.most = most;
    this.stats = stats;
  }

  /** Takes a place; false when there is none. */
  boolean admit() {
    if (taken.incrementAndGet() <= most && !turnsAway) {
      return true;
    }
    taken.decrementAndGet();
    stats.refused(Refusal.SESSION_LIMIT);
    return false;
  }

  /** The session that has taken a place has ended. */
  void free() {
    taken.decrementAndGet();
  }

  /** From now on there is no place. */
  void turnAway() {
    turnsAway = true;
  }
}
