package dev.runar.internal.node;

import dev.runar.SubscribeOptions;
import dev.runar.SubscribeOptions.Order;
import dev.runar.SubscribeOptions.Overflow;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The events of one line, in lanes that keep an order of their own: which waits, which comes next,
 * which is given up. Bounded by count and bytes. Guarded by its line.
 */
final class WaitingEvents {
  private final int maxWaiting;
  private final long maxBytes;
  private final Map<Integer, Lane> lanes = new LinkedHashMap<>();
  private final Map<String, Entry> newest = new HashMap<>(); // by topic, for KEEP_LATEST
  private int waiting;
  private long bytes;
  private int open;

  /** Events of one number. */
  static final class Lane {
    private final ArrayDeque<Entry> queue = new ArrayDeque<>();
    private int handed; // given to the handler's queue and not begun
    private int open; // given to it or to be tried again, and not settled
  }

  /** One event. */
  static final class Entry {
    private final Lane lane;
    final long sinceNanos;
    private BusDelivery delivery; // KEEP_LATEST puts a newer one into its place
    int attempts;

    Entry(Lane lane, long sinceNanos, BusDelivery delivery) {
      this.lane = lane;
      this.sinceNanos = sinceNanos;
      this.delivery = delivery;
    }

    BusDelivery delivery() {
      return delivery;
    }

    private int size() {
      return delivery.event().payload().size();
    }

    private String topic() {
      return delivery.event().topic();
    }
  }

  /**
   * None yet.
   *
   * @param maxWaiting for options that say none
   */
  WaitingEvents(int maxWaiting, long maxBytes) {
    this.maxWaiting = maxWaiting;
    this.maxBytes = maxBytes;
  }

  /** Nothing waits, and nothing is under way. */
  boolean isEmpty() {
    return waiting == 0 && open == 0;
  }

  /**
   * Lets an event wait.
   *
   * @param dropped takes those that are given up for it
   * @return false: there is no room
   */
  boolean add(
      BusDelivery delivery,
      int lane,
      long nowNanos,
      SubscribeOptions options,
      Collection<BusDelivery> dropped) {
    int size = delivery.event().payload().size();
    boolean keepsLatest = options.overflow() == Overflow.KEEP_LATEST;
    Entry last = keepsLatest ? newest.get(delivery.event().topic()) : null;
    if (last != null && bytes - last.size() + size <= maxBytes) {
      dropped.add(last.delivery);
      bytes += size - last.size();
      last.delivery = delivery;
      return true;
    }
    if (last != null || size > maxBytes || !makeRoom(size, options, dropped)) {
      return false;
    }
    Entry entry = new Entry(lanes.computeIfAbsent(lane, any -> new Lane()), nowNanos, delivery);
    entry.lane.queue.add(entry);
    waits(entry);
    if (keepsLatest) {
      newest.put(entry.topic(), entry);
    }
    return true;
  }

  private boolean makeRoom(int size, SubscribeOptions options, Collection<BusDelivery> dropped) {
    int most = options.maxWaiting() == 0 ? maxWaiting : options.maxWaiting();
    while (waiting >= most || bytes + size > maxBytes) {
      Entry oldest = options.overflow() == Overflow.DROP_OLDEST ? oldestNeverBegun() : null;
      if (oldest == null) {
        return false;
      }
      oldest.lane.queue.removeFirstOccurrence(oldest); // near the front
      waitsNoMore(oldest);
      dropped.add(oldest.delivery);
    }
    return true;
  }

  private @Nullable Entry oldestNeverBegun() {
    Entry oldest = null;
    for (Lane lane : lanes.values()) {
      Entry first = firstNeverBegun(lane);
      if (first != null && (oldest == null || first.sinceNanos - oldest.sinceNanos < 0)) {
        oldest = first;
      }
    }
    return oldest;
  }

  private static @Nullable Entry firstNeverBegun(Lane lane) {
    for (Entry entry : lane.queue) {
      if (entry.attempts == 0) {
        return entry;
      }
    }
    return null;
  }

  /** The next that may be handed over, which is under way then; null: none. */
  @Nullable Entry next(SubscribeOptions options) {
    for (Lane lane : lanes.values()) {
      if (!lane.queue.isEmpty() && isReady(lane, options)) {
        Entry entry = lane.queue.remove();
        newest.remove(entry.topic(), entry);
        entry.attempts++;
        lane.handed++;
        lane.open++;
        open++;
        return entry;
      }
    }
    return null;
  }

  /** What may still be given up must not lie in the handler's queue already. */
  private static boolean isReady(Lane lane, SubscribeOptions options) {
    if (options.order() == Order.SERIAL) {
      return lane.open == 0;
    }
    return options.overflow() == Overflow.REFUSE || lane.handed == 0;
  }

  /** It could not be handed over. */
  void putBack(Entry entry) {
    entry.attempts--;
    entry.lane.handed--;
    if (entry.attempts == 0) {
      newest.putIfAbsent(entry.topic(), entry);
    }
    first(entry);
  }

  /** Its handler begins; true: another one waits behind it. */
  boolean begins(Entry entry) {
    entry.lane.handed--;
    waitsNoMore(entry);
    return !entry.lane.queue.isEmpty();
  }

  /** It has failed, and waits until it is tried again; in its lane it is still under way. */
  void waitsForRetry(Entry entry) {
    waits(entry);
  }

  /** After {@link #waitsForRetry}: it is the next one. */
  void first(Entry entry) {
    closed(entry);
    entry.lane.queue.addFirst(entry);
  }

  /** It is settled. */
  void closed(Entry entry) {
    entry.lane.open--;
    open--;
  }

  /** Everything that is not under way. */
  List<Entry> removeAll() {
    var all = new ArrayList<Entry>();
    for (Lane lane : lanes.values()) {
      for (Iterator<Entry> each = lane.queue.iterator(); each.hasNext(); each.remove()) {
        Entry entry = each.next();
        waitsNoMore(entry);
        all.add(entry);
      }
    }
    newest.clear();
    return all;
  }

  /** When the oldest came; {@code otherwise} if none waits, or it is even older. */
  long oldestNanos(long otherwise) {
    long oldest = otherwise;
    for (Lane lane : lanes.values()) {
      Entry first = lane.queue.peek();
      if (first != null && first.sinceNanos - oldest < 0) {
        oldest = first.sinceNanos;
      }
    }
    return oldest;
  }

  private void waits(Entry entry) {
    waiting++;
    bytes += entry.size();
  }

  private void waitsNoMore(Entry entry) {
    waiting--;
    bytes -= entry.size();
  }
}
