package dev.runar.internal.broker.offline;

import dev.runar.internal.broker.offline.OfflineQueue.Held;
import dev.runar.internal.broker.offline.OfflineStats.Outcome;
import dev.runar.spi.Store;
import dev.runar.spi.StoreException;
import dev.runar.spi.StoreException.Reason;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * What goes from the store. Any thread; the table is guarded by itself, which may be held.
 *
 * <p>A message that its client acknowledges waits until the store has agreed, so that an
 * acknowledgement that failed can be made again. What nobody is told of goes at once, and if the
 * store refuses it the store is asked again later: else it would come back with a restart, and take
 * room until then. No more than the store holds can wait for that.
 */
final class Removals {
  private final Store store;
  private final QueueTable table; // guarded by itself
  private final OfflineStats stats;
  private final Map<String, TreeSet<Long>> refused = new HashMap<>(); // guarded by itself

  Removals(Store store, QueueTable table, OfflineStats stats) {
    this.store = store;
    this.table = table;
    this.stats = stats;
  }

  /**
   * Their client has them. With the table held.
   *
   * @return ends when they are gone; when it fails they still wait
   */
  CompletableFuture<Store.Level> acknowledge(OfflineQueue queue, Map<Long, Held> messages) {
    var asked = new ArrayList<CompletableFuture<Store.Level>>();
    var fresh = new LinkedHashMap<Long, Held>();
    var answer = new CompletableFuture<Store.Level>();
    messages.forEach(
        (id, held) -> {
          if (held.acknowledgement != null) {
            asked.add(held.acknowledgement);
          } else {
            held.acknowledgement = answer;
            fresh.put(id, held);
          }
        });
    if (!fresh.isEmpty()) {
      asked.add(answer);
      var _ =
          StoreFailures.asked(() -> store.remove(queue.name(), fresh.keySet()))
              .whenComplete((level, error) -> settle(queue, fresh, error == null))
              .whenComplete((level, error) -> end(answer, level, error));
    }
    return asked.size() == 1
        ? asked.getFirst()
        : CompletableFuture.allOf(asked.toArray(CompletableFuture[]::new))
            .thenApply(done -> store.level());
  }

  private void settle(OfflineQueue queue, Map<Long, Held> messages, boolean isDone) {
    var gone = new Gone();
    synchronized (table) {
      for (var each : messages.entrySet()) {
        Held held = each.getValue();
        held.acknowledgement = null;
        if (queue.isGone || queue.messages.get(each.getKey()) != held) {
          continue; // it went for another reason meanwhile
        }
        if (isDone) {
          var _ = table.take(queue, each.getKey());
          gone.add(queue.counts(), held.countedBy);
          stats.count(Outcome.ACKNOWLEDGED, 1);
        } else if (queue.reader != null) {
          queue.reader.stays(each.getKey());
        }
      }
    }
    forget(gone);
  }

  /** Ends one future as another did. */
  static <T> void end(CompletableFuture<T> future, T value, @Nullable Throwable error) {
    var _ = error == null ? future.complete(value) : future.completeExceptionally(error);
  }

  /**
   * Takes a message out of its queue, for a reason of this side. With the table held.
   *
   * @param gone what is to be forgotten then
   */
  void drop(OfflineQueue queue, long id, Gone gone) {
    Held held = table.take(queue, id);
    if (held != null) {
      gone.add(queue.counts(), held.countedBy);
      gone.add(queue.name(), id);
    }
  }

  /**
   * Takes all out that a queue has. With the table held.
   *
   * @param gone what is to be forgotten then
   */
  void drop(OfflineQueue queue, Gone gone) {
    table.remove(queue);
    queue.messages.forEach(
        (id, held) -> {
          gone.add(queue.name(), id);
          gone.add(queue.counts(), held.countedBy);
        });
  }

  /** Removes an entry, if it is one: 0 is none. */
  void forget(String name, long entry) {
    if (entry > 0) {
      forget(name, List.of(entry));
    }
  }

  /** Removes entries: from each queue of the store by one operation. Without the table. */
  void forget(Gone gone) {
    gone.ids().forEach(this::forget);
  }

  /** Removes entries that nobody here knows any more. */
  void forget(String name, Collection<Long> ids) {
    if (ids.isEmpty()) {
      return;
    }
    List<Long> gone = List.copyOf(ids);
    var _ =
        StoreFailures.asked(() -> store.remove(name, gone))
            .whenComplete(
                (level, error) -> {
                  if (error != null && !isClosed(error)) {
                    keep(name, gone);
                  }
                });
  }

  private static boolean isClosed(Throwable error) {
    return StoreFailures.cause(error) instanceof StoreException refusal
        && refusal.reason() == Reason.CLOSED;
  }

  private void keep(String name, List<Long> ids) {
    synchronized (refused) {
      refused.computeIfAbsent(name, first -> new TreeSet<>()).addAll(ids);
    }
  }

  /** Asks again for what was refused. */
  void retry() {
    Map<String, TreeSet<Long>> again;
    synchronized (refused) {
      again = Map.copyOf(refused);
      refused.clear();
    }
    again.forEach(this::forget);
  }
}
