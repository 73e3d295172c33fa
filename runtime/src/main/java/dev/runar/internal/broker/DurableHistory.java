package dev.runar.internal.broker;

import dev.runar.Payload;
import dev.runar.spi.Store;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What one channel keeps in the store. Under the channel's lock, but for what the store answers.
 *
 * <p>What is forgotten is removed some at a time: what a restart finds beyond what the channel
 * remembers goes then.
 */
final class DurableHistory {
  private static final int REMOVED_AT_ONCE = 64;

  private final HistoryStore store;
  private final String topic;
  private final String epoch;
  private List<CompletableFuture<Store.Receipt>> forgotten = new ArrayList<>();

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

  /** Marks what was refused, if anything. To be called every few seconds, and at the end. */
  void markHole() {
    long offset = hole.get();
    if (offset != 0) {
      var _ = store.mark(topic, epoch, offset).thenRun(() -> hole.compareAndSet(offset, 0));
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
    var ids = new ArrayList<Long>(forgotten.size());
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
