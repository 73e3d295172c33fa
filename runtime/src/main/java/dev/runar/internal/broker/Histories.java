package dev.runar.internal.broker;

import dev.runar.channels.ChannelRule;
import dev.runar.spi.Clock;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Iterator;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What all channels of a node remember together. Any thread.
 *
 * <p>It is bounded by bytes. Beyond the bound the oldest publications of the fullest channels go
 * until an eighth of it is free: the fullest are cut to one level, so a channel that remembers
 * little loses nothing to one that remembers much. Lock order: this, then channel.
 */
final class Histories {
  private final long bound;
  private final LongSupplier nanos;
  private final BrokerStats stats;
  private final @Nullable HistoryStore store;
  private final Set<Channel> channels = ConcurrentHashMap.newKeySet();
  private final AtomicLong bytes = new AtomicLong();
  private final ReentrantLock lock = new ReentrantLock();

  // One thread at a time: the one that sweeps.
  private Iterator<Channel> sweeping = Collections.emptyIterator();

  Histories(long bound, BrokerMemory memory, BrokerStats stats) {
    this.bound = bound;
    this.nanos = memory.nanos();
    this.stats = stats;
    this.store = memory.store();
  }

  long nanos() {
    return nanos.getAsLong();
  }

  /** The memory of a channel with this rule. */
  ChannelHistory open(ChannelRule rule, String topic, String epoch) {
    DurableHistory durable = null;
    if (rule.durable() && store != null) {
      if (store.fits(topic)) {
        durable = new DurableHistory(store, topic, epoch);
      } else {
        store.refused(topic);
      }
    }
    return new ChannelHistory(this, rule.history(), Clock.nanosOf(rule.historyTtl()), durable);
  }

  /** Tries again to remove what the store could not. */
  void retryStore() {
    if (store != null) {
      store.retry();
    }
  }

  /** All that the store does later, it does now. To be called at the end. */
  void settleStore() {
    channels.forEach(Channel::markHole);
    retryStore();
  }

  void add(Channel channel) {
    channels.add(channel);
  }

  void remove(Channel channel) {
    channels.remove(channel);
  }

  /** Those that remember, with and without subscribers. */
  Collection<Channel> channels() {
    return Collections.unmodifiableCollection(channels);
  }

  /** A channel ended that still remembered, as there were too many. */
  void evicted() {
    stats.historiesEvicted.increment();
  }

  /** So many bytes more, or less. */
  void charge(long change) {
    stats.historyBytes.add(change);
    bytes.addAndGet(change);
  }

  /** Keeps the bound. To be called after a publication, without a channel's lock. */
  void keepBound() {
    if (bytes.get() > bound) {
      makeRoom();
    }
  }

  private void makeRoom() {
    lock.lock();
    try {
      long excess = bytes.get() - bound;
      if (excess > 0) {
        long level = level(excess + bound / 8);
        for (Channel channel : channels) {
          if (channel.rememberedBytes() > level) {
            stats.historyEvicted.add(channel.shrinkHistory(level));
          }
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /** To what size the fullest must be cut so that so many bytes are free. */
  private long level(long wanted) {
    long[] sizes = channels.stream().mapToLong(Channel::rememberedBytes).toArray();
    Arrays.sort(sizes);
    long sum = 0;
    for (int count = 1; count <= sizes.length; count++) {
      sum += sizes[sizes.length - count];
      long next = count == sizes.length ? 0 : sizes[sizes.length - count - 1];
      if (sum - count * next >= wanted) {
        return (sum - wanted) / count;
      }
    }
    return 0;
  }

  /** The next channels of a round through all of them. One thread at a time. */
  Iterator<Channel> round() {
    if (!sweeping.hasNext()) {
      sweeping = channels.iterator();
    }
    return sweeping;
  }
}
