package dev.runar.internal.broker;

import dev.runar.Payload;
import dev.runar.spi.Store;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What one channel keeps in the store. Under the channel's lock, but for what the store answers.
 *
 * <p>What is forgotten is removed some at a time: what a restart finds beyond what the channel
 * remembers goes then. The marks that say where the channel was go with the channel.
 */
final class DurableHistory {
  private static final int REMOVED_AT_ONCE = 64;

  private final HistoryStore store;
  private final String topic;
  private final String epoch;
  private List<CompletableFuture<Store.Receipt>> forgotten = new ArrayList<>();

  // Those of this channel that are in the store. Any thread.
  private final Set<Long> marks = ConcurrentHashMap.newKeySet();

  // The mark of a hole among them that this life has made; 0: none. Any thread.
  private final AtomicLong lastHole = new AtomicLong();

  private volatile boolean isOver;

  // Marks that go with what is forgotten.
  private final List<Long> removed = new ArrayList<>();

  // The last offset that was refused and is not marked as a hole yet; 0: none. Any thread.
  private final AtomicLong hole = new AtomicLong();

  DurableHistory(HistoryStore store, String topic, String epoch) {
    this.store = store;
    this.topic = topic;
    this.epoch = epoch;
  }

  /** Keeps the next publication; answers what {@link #forget} takes. */
  CompletableFuture<Store.Receipt> add(long offset, Payload payload) {
    CompletableFuture<Store.Receipt> added = store.add(topic, epoch, offset, payload);
    var _ =
        added.exceptionally(
            refused -> {
              hole.accumulateAndGet(offset, Math::max);
              return null;
            });
    return added;
  }

  /** Goes on with what says where the channel was in lives before, and says that it goes on. */
  void begin(HistoryStore.Past past) {
    past.marks().forEach(marks::add);
    var _ = store.begin(topic, epoch, past.top()).thenAccept(receipt -> keep(receipt.id()));
  }

  /** Marks what was refused, if anything. To be called every few seconds, and at the end. */
  void markHole() {
    long offset = hole.get();
    if (offset != 0) {
      var _ =
          store
              .mark(topic, epoch, offset)
              .thenAccept(
                  receipt -> {
                    hole.compareAndSet(offset, 0);
                    supersede(receipt.id());
                  });
    }
  }

  /** Of two marks of holes only the later one says anything; 0: there is none. */
  private void supersede(long mark) {
    keep(mark);
    long old = Math.min(mark, lastHole.getAndAccumulate(mark, Math::max));
    if (old != 0 && marks.remove(old)) {
      store.remove(topic, List.of(old));
    }
  }

  /** A mark stays as long as the channel. */
  private void keep(long mark) {
    marks.add(mark);
    if (isOver && marks.remove(mark)) {
      store.remove(topic, List.of(mark));
    }
  }

  /** The channel ends: its marks go together with what is forgotten last. */
  void end() {
    isOver = true;
    for (long mark : marks.toArray(new Long[0])) {
      if (marks.remove(mark)) {
        removed.add(mark);
      }
    }
  }

  /** It is not remembered any more. */
  void forget(CompletableFuture<Store.Receipt> kept) {
    forgotten.add(kept);
    if (forgotten.size() >= REMOVED_AT_ONCE) {
      removeForgotten();
    }
  }

  void removeForgotten() {
    var ids = new ArrayList<Long>(removed);
    removed.clear();
    for (CompletableFuture<Store.Receipt> kept : forgotten) {
      if (kept.state() == CompletableFuture.State.SUCCESS) {
        ids.add(kept.resultNow().id());
      } else {
        // It is still being written; what was refused is not there.
        var _ = kept.thenAccept(receipt -> store.remove(topic, List.of(receipt.id())));
      }
    }
    forgotten = new ArrayList<>();
    store.remove(topic, ids);
  }
}
