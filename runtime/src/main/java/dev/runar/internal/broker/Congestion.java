package dev.runar.internal.broker;

import java.util.ArrayList;
import java.util.List;

/**
 * Knows whether a lane cannot keep up, so that clients that publish are not read for a while. Any
 * thread.
 */
final class Congestion {
  private final BrokerStats stats;
  private final List<Runnable> waiting = new ArrayList<>(); // under this lock
  private volatile int congestedLanes;

  Congestion(BrokerStats stats) {
    this.stats = stats;
  }

  boolean isPresent() {
    return congestedLanes > 0;
  }

  /** A lane refused a publication. */
  void refused() {
    stats.refused(BrokerStats.Refusal.LANE_FULL);
  }

  synchronized void begin() {
    congestedLanes = congestedLanes + 1;
  }

  void end() {
    List<Runnable> freed;
    synchronized (this) {
      congestedLanes = congestedLanes - 1;
      if (congestedLanes > 0) {
        return;
      }
      freed = List.copyOf(waiting);
      waiting.clear();
    }
    freed.forEach(Runnable::run);
  }

  /** Runs the callback when no lane is congested; at once if none is. */
  void whenOver(Runnable callback) {
    synchronized (this) {
      if (congestedLanes > 0) {
        waiting.add(callback);
        return;
      }
    }
    callback.run();
  }
}
