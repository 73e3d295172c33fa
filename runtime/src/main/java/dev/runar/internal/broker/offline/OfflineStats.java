package dev.runar.internal.broker.offline;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** What became of messages of offline queues. Any thread. */
public final class OfflineStats {
  private final Map<Outcome, LongAdder> counts = new EnumMap<>(Outcome.class);

  /** Each is counted once for each queue. */
  public enum Outcome {
    /** It waits, or has waited, for its client. */
    TAKEN,
    /** Its queue, or all of them together, held as much as they may. */
    REFUSED,
    /** The store did not take it. */
    FAILED,
    /** It gave way to a newer one. */
    DROPPED,
    /** It waited for too long. */
    EXPIRED,
    /** Its client has it. */
    ACKNOWLEDGED,
    /** Its client could not handle it. */
    REJECTED,
    /** Its client could not handle it too often. */
    BURIED,
    /** It should have become a dead letter, and nobody took it. */
    UNBURIED,
    /** Its client left the group. */
    LEFT,
    /** It was read and its bytes are damaged. */
    DAMAGED
  }

  OfflineStats() {
    for (Outcome outcome : Outcome.values()) {
      counts.put(outcome, new LongAdder());
    }
  }

  void count(Outcome outcome, long times) {
    adder(outcome).add(times);
  }

  /** How often. */
  public long of(Outcome outcome) {
    return adder(outcome).sum();
  }

  private LongAdder adder(Outcome outcome) {
    LongAdder adder = counts.get(outcome);
    if (adder == null) {
      throw new IllegalStateException(outcome + " is not counted");
    }
    return adder;
  }
}
