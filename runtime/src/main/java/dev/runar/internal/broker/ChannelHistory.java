package dev.runar.internal.broker;

import dev.runar.Payload;
import dev.runar.spi.Store;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The last publications of one channel: as many as its rule says, no older than its rule says, and
 * together with all other channels no more bytes than the node has for it. Under the channel's
 * lock, but for {@link #bytes} and {@link #idleNanos}.
 *
 * <p>Offsets here have no holes, as publications go from the oldest end only: so what is asked for
 * is found by counting, and what is missing is always known.
 */
final class ChannelHistory {
  /** What a publication costs beside its payload. */
  private static final int ENTRY_BYTES = 128;

  /** What it costs more to have it in a store too. */
  private static final int STORED_BYTES = 128;

  /** What one adds to a frame, at most, beside its payload and the topic. */
  private static final int FRAME_BYTES = 64;

  private static final int SMALLEST = 4;

  /**
   * One of them.
   *
   * @param stored what the store has of it; null: nothing
   */
  private record Entry(
      Remembered publication,
      long atNanos,
      int cost,
      @Nullable CompletableFuture<Store.Receipt> stored) {}

  private final Histories all;
  private final int most;
  private final long ttlNanos;
  private final @Nullable DurableHistory durable;
  private Map<String, Long> pastEpochs = Map.of();

  // A ring: the oldest is at begin.
  private @Nullable Entry[] ring = new @Nullable Entry[SMALLEST];
  private int begin;
  private int size;

  private long held;

  private volatile long bytes; // what is held, for those without the lock
  private volatile long usedNanos;
  private volatile boolean isUsed;

  /**
   * Makes an empty one.
   *
   * @param all what it shares the node's bytes with
   * @param durable where it outlives the node; null: nowhere
   */
  ChannelHistory(Histories all, int most, long ttlNanos, @Nullable DurableHistory durable) {
    this.all = all;
    this.most = most;
    this.ttlNanos = ttlNanos;
    this.durable = durable;
    this.usedNanos = all.nanos();
  }

  /** About how many bytes it holds. Any thread. */
  long bytes() {
    return bytes;
  }

  /**
   * How long ago its last publication was; of one that never had any it is for ever. Any thread.
   */
  long idleNanos(long now) {
    return isUsed ? now - usedNanos : Long.MAX_VALUE;
  }

  /** Its last publication, or its beginning if there was none, is older than what it remembers. */
  boolean isOver(long now) {
    return now - usedNanos >= ttlNanos;
  }

  /** Remembers the next publication. */
  void add(long offset, Payload payload) {
    long now = all.nanos();
    forgetOld(now);
    put(offset, payload, now, durable == null ? null : durable.add(offset, payload));
  }

  /** Begins with what was found of a life before, which is in the store. */
  void restore(HistoryStore.Past past, long nowMs) {
    long now = all.nanos();
    pastEpochs = past.epochs();
    for (HistoryStore.Kept kept : past.kept()) {
      // A wall clock may have been set back meanwhile.
      long age = TimeUnit.MILLISECONDS.toNanos(Math.max(0, nowMs - kept.atMs()));
      var stored = CompletableFuture.completedFuture(kept.receipt());
      put(kept.offset(), kept.payload(), now - Math.min(age, ttlNanos), stored);
    }
    forgetOld(now);
    if (durable != null) {
      durable.begin(past);
    }
  }

  /** Whether it was in a life before, as far as the store had that when it ended. */
  boolean goesOnFrom(Broker.Since since) {
    Long end = pastEpochs.get(since.epoch());
    return end != null && since.offset() <= end;
  }

  private void put(
      long offset,
      Payload payload,
      long atNanos,
      @Nullable CompletableFuture<Store.Receipt> stored) {
    if (size == most) {
      removeFirst();
    }
    if (size == ring.length) {
      resize(Math.min(most, size * 2));
    }
    int cost = ENTRY_BYTES + (stored == null ? 0 : STORED_BYTES) + payload.size();
    ring[(begin + size) % ring.length] =
        new Entry(new Remembered(offset, payload), atNanos, cost, stored);
    size++;
    usedNanos = atNanos;
    isUsed = true;
    charge(cost);
  }

  /**
   * Everything that was published after an offset; null if any of it is not remembered or was never
   * published.
   *
   * @param top the offset of the channel's last publication
   * @param room the bytes that it may take on the wire, else null
   */
  @Nullable List<Remembered> after(long offset, long top, int topicLength, long room) {
    forgetOld(all.nanos());
    if (offset < 0 || offset > top || top - offset > size) {
      return null;
    }
    int first = size - (int) (top - offset);
    long wire = 0;
    for (int i = first; i < size; i++) {
      wire += wireBytes(at(i).publication().payload(), topicLength);
    }
    return wire > room ? null : page(first, size, false);
  }

  /** A page; see {@link HistoryRange}. */
  List<Remembered> read(HistoryRange range, long top) {
    forgetOld(all.nanos());
    Broker.Since since = range.since();
    long oldest = top - size + 1;
    if (range.reverse()) {
      long before = since == null ? top + 1 : Math.min(since.offset(), top + 1);
      int end = Math.clamp(before - oldest, 0, size);
      return page(Math.max(0, end - range.limit()), end, true);
    }
    long after = since == null ? oldest - 1 : Math.min(since.offset(), top);
    int first = Math.clamp(after + 1 - oldest, 0, size);
    return page(first, (int) Math.min(size, (long) first + range.limit()), false);
  }

  /** What a publication may take on the wire: bytes may become base64. */
  static long wireBytes(Payload payload, int topicLength) {
    long size = payload.size();
    return FRAME_BYTES + topicLength + (payload.kind() == Payload.Kind.BYTES ? size * 4 / 3 : size);
  }

  /** What is older than it remembers goes. */
  void forgetOld(long now) {
    while (size > 0 && now - at(0).atNanos() >= ttlNanos) {
      removeFirst();
    }
    removeFromStoreIfEmpty();
  }

  private void removeFromStoreIfEmpty() {
    if (size == 0 && durable != null) {
      durable.removeForgotten();
    }
  }

  /** What the store refused is marked there. */
  void markHole() {
    if (durable != null) {
      durable.markHole();
    }
  }

  /** The channel ends; nothing stays, in the store neither. */
  void end() {
    if (durable != null) {
      durable.end();
    }
    int _ = shrink(0);
  }

  /** The oldest go until it holds no more than this; returns how many went. */
  int shrink(long mostBytes) {
    int gone = 0;
    while (size > 0 && bytes > mostBytes) {
      removeFirst();
      gone++;
    }
    removeFromStoreIfEmpty();
    return gone;
  }

  private List<Remembered> page(int from, int to, boolean reverse) {
    var page = new ArrayList<Remembered>(Math.max(0, to - from));
    for (int i = from; i < to; i++) {
      page.add(at(reverse ? from + to - 1 - i : i).publication());
    }
    return page;
  }

  private Entry at(int index) {
    return Objects.requireNonNull(ring[(begin + index) % ring.length]);
  }

  private void removeFirst() {
    Entry first = at(0);
    charge(-first.cost());
    if (durable != null && first.stored() != null) {
      durable.forget(first.stored());
    }
    ring[begin] = null;
    begin = (begin + 1) % ring.length;
    size--;
    if (ring.length > SMALLEST && size < ring.length / 4) {
      resize(ring.length / 2); // what a busy hour has grown is not kept for ever
    }
  }

  private void resize(int capacity) {
    int length = Math.max(SMALLEST, capacity);
    @Nullable Entry[] fresh = Arrays.copyOfRange(ring, begin, begin + length);
    int tail = Math.min(size, ring.length - begin);
    Arrays.fill(fresh, tail, length, null);
    System.arraycopy(ring, 0, fresh, tail, size - tail);
    ring = fresh;
    begin = 0;
  }

  private void charge(int cost) {
    held += cost;
    bytes = held;
    all.charge(cost);
  }
}
