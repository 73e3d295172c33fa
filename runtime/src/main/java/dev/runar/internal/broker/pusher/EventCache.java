package dev.runar.internal.broker.pusher;

import dev.runar.Payload;
import dev.runar.spi.Clock;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The last event of each cache channel, of all apps. Any thread.
 *
 * <p>To remember an event and to hand it to the subscribers is one step, and so is to join and to
 * look: who joins gets an event once, from here or from the channel. With more than {@value
 * #ENTRIES} entries or {@value #BYTES} bytes the oldest goes.
 */
public final class EventCache {
  static final int ENTRIES = 100_000;
  static final long BYTES = 64L << 20;
  private static final int STRIPES = 64;

  /**
   * What a channel remembers.
   *
   * @param ageNanos how long it has
   */
  public record Remembered(Payload payload, long ageNanos) {}

  private record Entry(Payload payload, long atNanos) {}

  private final Clock clock;
  private final int maxEntries;
  private final long maxBytes;

  /** Taken around the channel core, by topic. */
  private final Object[] stripes = new Object[STRIPES];

  // Under this lock.
  private final Map<String, Entry> entries = new LinkedHashMap<>();
  private long bytes;
  private long evicted;

  EventCache(Clock clock) {
    this(clock, ENTRIES, BYTES);
  }

  EventCache(Clock clock, int maxEntries, long maxBytes) {
    this.clock = clock;
    this.maxEntries = maxEntries;
    this.maxBytes = maxBytes;
    Arrays.setAll(stripes, index -> new Object());
  }

  /** Remembers what is published, on its way. */
  int publish(String topic, Payload payload, IntSupplier onward) {
    synchronized (stripe(topic)) {
      put(topic, payload);
      return onward.getAsInt();
    }
  }

  /** What a channel remembers at the moment when a session joins. */
  Optional<Payload> join(String topic, long lifetimeNanos, Runnable join) {
    synchronized (stripe(topic)) {
      join.run();
      return find(topic, lifetimeNanos).map(Remembered::payload);
    }
  }

  private Object stripe(String topic) {
    return stripes[Math.floorMod(topic.hashCode(), STRIPES)];
  }

  /** What a channel remembers, unless it is older than that. */
  public synchronized Optional<Remembered> find(String topic, long lifetimeNanos) {
    Entry entry = entries.get(topic);
    if (entry == null) {
      return Optional.empty();
    }
    long age = clock.nanos() - entry.atNanos();
    if (age >= lifetimeNanos) {
      forget(topic);
      return Optional.empty();
    }
    return Optional.of(new Remembered(entry.payload(), age));
  }

  private synchronized void put(String topic, Payload payload) {
    forget(topic); // so that it is the youngest again
    entries.put(topic, new Entry(payload, clock.nanos()));
    bytes += cost(topic, payload);
    var oldest = entries.entrySet().iterator();
    while (entries.size() > maxEntries || (bytes > maxBytes && entries.size() > 1)) {
      Map.Entry<String, Entry> gone = oldest.next();
      bytes -= cost(gone.getKey(), gone.getValue().payload());
      oldest.remove();
      evicted++;
    }
  }

  private void forget(String topic) {
    @Nullable Entry gone = entries.remove(topic);
    if (gone != null) {
      bytes -= cost(topic, gone.payload());
    }
  }

  private static long cost(String topic, Payload payload) {
    return 128L + topic.length() + payload.size();
  }

  /** The channels that remember something. */
  public synchronized int size() {
    return entries.size();
  }

  /** The events that went because there were too many. */
  public synchronized long evicted() {
    return evicted;
  }
}
