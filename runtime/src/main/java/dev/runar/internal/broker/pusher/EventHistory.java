package dev.runar.internal.broker.pusher;

import dev.runar.Payload;
import dev.runar.apps.AppLimits;
import dev.runar.spi.Clock;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The last events of the channels of those apps that want them remembered. Any thread.
 *
 * <p>To remember an event and to hand it to the subscribers is one step, so that the order here is
 * theirs. With more than {@value #EVENTS} events or {@value #BYTES} bytes, of all apps and with
 * what channels cost themselves, the oldest go of the channel that has been quiet for longest.
 */
public final class EventHistory {
  static final int EVENTS = 100_000;
  static final long BYTES = 64L << 20;
  private static final int STRIPES = 64;

  /** Of a channel that remembers anything, beside its topic. */
  private static final long CHANNEL_BYTES = 200;

  private record Entry(PastEvent event, long untilNanos) {
    long cost() {
      return 128L + event.payload().size();
    }
  }

  private final Clock clock;
  private final int maxEvents;
  private final long maxBytes;

  /** Taken around the channel core, by topic. */
  private final Object[] stripes = new Object[STRIPES];

  // Under this lock.
  /** By topic; the one that was published on last is the last. */
  private final LinkedHashMap<String, ArrayDeque<Entry>> channels = new LinkedHashMap<>();

  private int events;
  private long bytes;
  private long evicted;

  EventHistory(Clock clock) {
    this(clock, EVENTS, BYTES);
  }

  EventHistory(Clock clock, int maxEvents, long maxBytes) {
    this.clock = clock;
    this.maxEvents = maxEvents;
    this.maxBytes = maxBytes;
    Arrays.setAll(stripes, index -> new Object());
  }

  /** Remembers what is published, on its way. */
  int publish(String topic, Payload payload, AppLimits limits, IntSupplier onward) {
    synchronized (stripes[Math.floorMod(topic.hashCode(), STRIPES)]) {
      put(topic, payload, limits);
      return onward.getAsInt();
    }
  }

  private synchronized void put(String topic, Payload payload, AppLimits limits) {
    long now = clock.nanos();
    ArrayDeque<Entry> known = channels.remove(topic);
    ArrayDeque<Entry> channel = known == null ? new ArrayDeque<>(4) : known;
    bytes += known == null ? cost(topic) : 0;
    channels.put(topic, channel); // so that it is the last again
    var entry =
        new Entry(
            new PastEvent(payload, clock.wallMs()),
            now + TimeUnit.SECONDS.toNanos(limits.cachedSeconds()));
    channel.add(entry);
    events++;
    bytes += entry.cost();
    while (channel.size() > limits.historyEvents()) {
      removeFirst(channel);
    }
    forgetOld(now);
    while (events > maxEvents || (bytes > maxBytes && events > 1)) {
      forgetFirst();
      evicted++;
    }
  }

  /** Of quiet channels, which nobody may ever ask for again. */
  private void forgetOld(long now) {
    for (Map.Entry<String, ArrayDeque<Entry>> quietest = channels.firstEntry();
        quietest != null && now - quietest.getValue().getLast().untilNanos() >= 0;
        quietest = channels.firstEntry()) {
      while (!quietest.getValue().isEmpty()) {
        removeFirst(quietest.getValue());
      }
      remove(quietest.getKey());
    }
  }

  private void forgetFirst() {
    Map.Entry<String, ArrayDeque<Entry>> quietest = channels.firstEntry();
    removeFirst(quietest.getValue());
    if (quietest.getValue().isEmpty()) {
      remove(quietest.getKey());
    }
  }

  private void remove(String topic) {
    channels.remove(topic);
    bytes -= cost(topic);
  }

  private static long cost(String topic) {
    return CHANNEL_BYTES + topic.length();
  }

  private void removeFirst(ArrayDeque<Entry> channel) {
    events--;
    bytes -= channel.removeFirst().cost();
  }

  /**
   * What a channel remembers, the oldest first.
   *
   * @param most the last so many
   */
  synchronized List<PastEvent> find(String topic, int most) {
    @Nullable ArrayDeque<Entry> channel = channels.get(topic);
    if (channel == null) {
      return List.of();
    }
    long now = clock.nanos();
    List<PastEvent> all =
        channel.stream().filter(entry -> now - entry.untilNanos() < 0).map(Entry::event).toList();
    return all.subList(Math.max(0, all.size() - most), all.size());
  }

  /** The events that are remembered. */
  public synchronized int size() {
    return events;
  }

  /** The events that went because there were too many, of all channels together. */
  public synchronized long evicted() {
    return evicted;
  }
}
