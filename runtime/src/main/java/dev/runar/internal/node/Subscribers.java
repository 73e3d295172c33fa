package dev.runar.internal.node;

import dev.runar.Delivery;
import dev.runar.SubscribeOptions;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Who has subscribed, and the lines in front of those that have options. One who comes back, since
 * its script was loaded anew, is known by owner, pattern and position. Guarded by the event bus.
 */
final class Subscribers {
  /** Of those that have ended, so many are still listed; the oldest goes first. */
  private static final int MAX_ENDED = 256;

  private final EventLine.Surroundings around;
  private final Map<Subscriber.Key, Subscriber> active = new LinkedHashMap<>();
  private final Map<Subscriber.Key, Subscriber> ended = new LinkedHashMap<>();
  private final Map<List<String>, BitSet> positions = new HashMap<>();
  private final Map<Subscriber, EventLine> lines = new HashMap<>();

  Subscribers(EventLine.Surroundings around) {
    this.around = around;
  }

  /** The order of a subscription's offers, with the bounds of a line. Any thread. */
  OfferOrder order(Function<BusDelivery, Delivery> offering) {
    return new OfferOrder(offering, around.maxWaiting(), around.maxBytes());
  }

  /** Gives a subscription its place in the list, and its line if it needs one. */
  void begin(EventSubscription subscription) {
    String owner = subscription.handler.owner();
    String pattern = subscription.pattern.text();
    BitSet taken = positions.computeIfAbsent(List.of(owner, pattern), any -> new BitSet());
    int position = taken.nextClearBit(1);
    taken.set(position);
    var key = new Subscriber.Key(owner, pattern, position);
    Subscriber known = ended.remove(key);
    Subscriber subscriber = known == null ? new Subscriber(key) : known;
    subscriber.group = subscription.options.group();
    subscriber.active = true;
    active.put(key, subscriber);
    subscription.begin(subscriber, line(subscriber, subscription.handler, subscription.options));
  }

  /** A line that still holds events of the handler before is needed in any case. */
  private @Nullable EventLine line(
      Subscriber subscriber, EventEndpoint handler, SubscribeOptions options) {
    EventLine known = lines.get(subscriber);
    if (known != null) {
      known.serve(handler, options);
      return known;
    }
    if (!EventLine.isFor(options)) {
      return null;
    }
    EventLine line = new EventLine(handler, options, around);
    lines.put(subscriber, line);
    return line;
  }

  /**
   * The handler of a subscription has ended.
   *
   * @return what waits for it still; null: nothing does
   */
  @Nullable EventLine end(Subscriber subscriber) {
    Subscriber.Key key = subscriber.key;
    if (active.remove(key) == null) {
      return null;
    }
    subscriber.active = false;
    List<String> name = List.of(key.owner(), key.pattern());
    BitSet taken = positions.get(name);
    if (taken != null) {
      taken.clear(key.position());
      if (taken.isEmpty()) {
        positions.remove(name);
      }
    }
    if (!key.owner().isEmpty()) {
      ended.put(key, subscriber);
      if (ended.size() > MAX_ENDED) {
        ended.remove(ended.keySet().iterator().next());
      }
    }
    return lines.get(subscriber);
  }

  /** Its last event is settled: unless somebody has come back, the line is not needed. */
  void idle(Subscriber subscriber, EventLine line) {
    if (!subscriber.active && line.isIdle()) {
      lines.remove(subscriber, line);
    }
  }

  /** Those that are there, then those that have ended. */
  List<Subscriber> all() {
    var all = new ArrayList<>(active.values());
    all.addAll(ended.values());
    return all;
  }

  /** Since when the oldest event waits in the line of a subscriber, if any. */
  long oldestNanos(Subscriber subscriber, long otherwise) {
    EventLine line = lines.get(subscriber);
    return line == null ? otherwise : line.oldestNanos(otherwise);
  }

  Collection<EventLine> lines() {
    return List.copyOf(lines.values());
  }
}
