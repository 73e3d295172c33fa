package dev.runar.internal.store;

import dev.runar.internal.store.LogRecord.Append;
import dev.runar.internal.store.LogRecord.Closed;
import dev.runar.internal.store.LogRecord.Dropped;
import dev.runar.internal.store.LogRecord.Moved;
import dev.runar.internal.store.LogRecord.Remove;
import dev.runar.internal.store.LogRecord.Torn;
import dev.runar.internal.store.LogRecord.Unreadable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which entries of a log still wait, and where they lie. Changed by the log's thread, read by any
 * thread; guarded by this.
 */
final class LogIndex {
  private final Map<String, TreeMap<Long, Item>> queues = new HashMap<>();
  private final TreeMap<Long, Segment> segments = new TreeMap<>();
  private long entries;
  private long bytes;
  private long fileBytes;
  private long removed;

  /** Where an entry lies; its segment is retained until {@link #release}. */
  record Place(long id, Segment segment, long position, int length, @Nullable String damagedAt) {}

  /** What there is, in bytes of files and of records that still wait. */
  record Sizes(long entries, long liveBytes, long fileBytes, int segments, long removed) {}

  synchronized void add(Segment segment) {
    segments.put(segment.number, segment);
    fileBytes += segment.size;
  }

  /** As if nothing had been read. */
  synchronized void clear() {
    segments().forEach(this::drop);
    queues.clear();
    entries = 0;
    bytes = 0;
    removed = 0;
  }

  synchronized void drop(Segment segment) {
    if (segments.remove(segment.number) != null) {
      fileBytes -= segment.size;
      segment.drop();
    }
  }

  synchronized List<Segment> segments() {
    return List.copyOf(segments.values());
  }

  synchronized void grow(Segment segment, long size) {
    fileBytes += size - segment.size;
    segment.size = size;
  }

  /**
   * A record of the log, in its order.
   *
   * @param damagedAt where its body cannot be read; null: it can be
   */
  synchronized void apply(
      LogRecord record,
      long sequence,
      Segment segment,
      long position,
      int length,
      @Nullable String damagedAt) {
    switch (record) {
      case Append append ->
          place(new Item(sequence, append.queues(), segment, position, length), damagedAt);
      case Moved moved ->
          place(new Item(moved.id(), moved.queues(), segment, position, length), damagedAt);
      case Unreadable lost ->
          place(new Item(lost.id(), lost.queues(), segment, position, length), lost.place());
      case Remove remove -> remove.ids().forEach(id -> remove(remove.queue(), id));
      case Dropped _, Torn _, Closed _ -> {} // say nothing of entries
    }
  }

  private void place(Item item, @Nullable String damagedAt) {
    Item before = known(item);
    if (before != null && damagedAt != null && before.damagedAt == null) {
      return; // the older copy is still good
    }
    if (before != null) {
      forget(before);
    }
    item.damagedAt = damagedAt;
    item.queues.forEach(
        queue -> queues.computeIfAbsent(queue, first -> new TreeMap<>()).put(item.id, item));
    item.segment.live.put(item.id, item);
    entries++;
    bytes += item.length;
  }

  private @Nullable Item known(Item item) {
    for (String queue : item.queues) {
      TreeMap<Long, Item> waiting = queues.get(queue);
      Item known = waiting == null ? null : waiting.get(item.id);
      if (known != null) {
        return known;
      }
    }
    return null;
  }

  private void forget(Item item) {
    item.queues.forEach(queue -> take(queue, item.id));
    gone(item);
  }

  private void gone(Item item) {
    item.segment.live.remove(item.id);
    entries--;
    bytes -= item.length;
  }

  private @Nullable Item take(String queue, long id) {
    TreeMap<Long, Item> waiting = queues.get(queue);
    if (waiting == null) {
      return null;
    }
    Item item = waiting.remove(id);
    if (waiting.isEmpty()) {
      queues.remove(queue);
    }
    return item;
  }

  private void remove(String queue, long id) {
    Item item = take(queue, id);
    if (item == null) {
      return;
    }
    removed++;
    item.queues.remove(queue);
    if (item.queues.isEmpty()) {
      gone(item);
    }
  }

  /** The places of entries above an id, in their order. */
  synchronized List<Place> retain(String queue, long after, int limit) {
    TreeMap<Long, Item> waiting = queues.get(queue);
    if (waiting == null) {
      return List.of();
    }
    return waiting.tailMap(after, false).values().stream()
        .limit(limit)
        .map(LogIndex::retained)
        .toList();
  }

  private static Place retained(Item item) {
    item.segment.retain();
    return new Place(item.id, item.segment, item.position, item.length, item.damagedAt);
  }

  synchronized void release(List<Place> places) {
    places.forEach(place -> place.segment().release());
  }

  /** An entry turned out to be damaged, unless it has moved since. */
  synchronized void damaged(String queue, Place place, String where) {
    TreeMap<Long, Item> waiting = queues.get(queue);
    Item item = waiting == null ? null : waiting.get(place.id());
    if (item != null && item.segment == place.segment() && item.position == place.position()) {
      item.damagedAt = where;
    }
  }

  /** An entry that cannot be read was never acknowledged. */
  synchronized void forgetDamaged(Set<String> names, long id) {
    for (String name : names) {
      TreeMap<Long, Item> waiting = queues.get(name);
      Item item = waiting == null ? null : waiting.get(id);
      if (item != null && item.damagedAt != null) {
        forget(item);
      }
    }
  }

  /** Entries of a segment that still wait, up to so many bytes of them, but at least one. */
  synchronized List<Item> waitingIn(Segment segment, long maxBytes) {
    var some = new ArrayList<Item>();
    long size = 0;
    for (Item item : segment.live.values()) {
      size += item.length;
      if (size > maxBytes && !some.isEmpty()) {
        break;
      }
      some.add(item);
    }
    return some;
  }

  synchronized Set<String> names() {
    return Set.copyOf(queues.keySet());
  }

  synchronized Sizes sizes() {
    return new Sizes(entries, bytes, fileBytes, segments.size(), removed);
  }
}
