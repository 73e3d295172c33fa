package dev.runar.internal.broker;

import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What a broker remembers with.
 *
 * @param nanos a monotonic clock, for the age of what channels remember
 * @param store what durable channels go on with when the broker begins, which waits for the disk;
 *     null: their history is in memory, like that of all others
 */
public record BrokerMemory(LongSupplier nanos, @Nullable HistoryStore store) {
  /** Nothing outlives the broker. */
  public static BrokerMemory only(LongSupplier nanos) {
    return new BrokerMemory(nanos, null);
  }
}
