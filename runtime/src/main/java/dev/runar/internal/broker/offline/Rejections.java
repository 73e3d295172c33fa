package dev.runar.internal.broker.offline;

import dev.runar.internal.broker.offline.OfflineQueue.Held;
import dev.runar.internal.broker.offline.OfflineStats.Outcome;
import dev.runar.spi.Store;
import dev.runar.spi.Store.Entry;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Messages that their clients could not handle: how often, and their end as dead letters. Any
 * thread; the table is guarded by itself.
 *
 * @param most after so many rejections a message is a dead letter
 */
record Rejections(
    int most, OfflineQueues.Parts parts, QueueTable table, Removals removals, OfflineStats stats) {

  CompletableFuture<Optional<Integer>> add(QueueKey key, long id, String cause) {
    synchronized (table) {
      OfflineQueue queue = table.find(key).orElse(null);
      Held held = queue == null ? null : queue.messages.get(id);
      if (queue == null || held == null || !held.isGivable()) {
        return CompletableFuture.completedFuture(Optional.empty());
      }
      held.rejected++;
      stats.count(Outcome.REJECTED, 1);
      int rejected = held.rejected;
      if (rejected < most) {
        return count(queue, id, held, rejected);
      }
      held.isDying = true;
      return CompletableFuture.supplyAsync(() -> letter(queue, id, rejected, cause), parts.work())
          .thenComposeAsync(letter -> bury(queue, id, letter), parts.work())
          .thenApply(done -> Optional.of(rejected));
    }
  }

  /** It survives a restart, so that a message that ends the node does not come for ever. */
  private CompletableFuture<Optional<Integer>> count(
      OfflineQueue queue, long id, Held held, int rejected) {
    return StoreFailures.typed(
        StoreFailures.asked(
                () -> store().append(List.of(queue.counts()), Restore.count(id, rejected)))
            .thenApply(
                receipt -> {
                  recount(queue, id, held, receipt.id());
                  return Optional.of(rejected);
                })
            .whenComplete((done, error) -> giveAgain(queue, id)));
  }

  private void giveAgain(OfflineQueue queue, long id) {
    synchronized (table) {
      if (queue.reader != null) {
        queue.reader.refused(id);
      }
    }
  }

  private void recount(OfflineQueue queue, long id, Held held, long entry) {
    long obsolete = entry;
    synchronized (table) {
      if (queue.messages.get(id) == held) {
        obsolete = held.countedBy;
        held.countedBy = entry;
      }
    }
    removals.forget(queue.counts(), obsolete);
  }

  private CompletableFuture<Void> bury(OfflineQueue queue, long id, Optional<DeadLetter> letter) {
    CompletableFuture<?> taken;
    try {
      taken =
          letter
              .<CompletableFuture<?>>map(
                  each -> parts.deadLetters().apply(each).toCompletableFuture())
              .orElseGet(() -> CompletableFuture.completedFuture(null));
    } catch (RuntimeException e) {
      taken = CompletableFuture.failedFuture(e);
    }
    return taken
        .handle((done, error) -> error == null)
        .thenAccept(isTaken -> buried(queue, id, isTaken));
  }

  /** Empty: it is damaged, or was acknowledged meanwhile. */
  private Optional<DeadLetter> letter(OfflineQueue queue, long id, int rejected, String cause) {
    return store().read(queue.name(), id - 1, 1).stream()
        .filter(entry -> entry.id() == id)
        .filter(Entry.Whole.class::isInstance)
        .flatMap(entry -> MessageForm.read(((Entry.Whole) entry).body()).stream())
        .map(message -> new DeadLetter(queue.key, id, message.payload(), rejected, cause))
        .findFirst();
  }

  /** Only when somebody has it elsewhere does it go from here. */
  private void buried(OfflineQueue queue, long id, boolean isTaken) {
    var gone = new Gone();
    synchronized (table) {
      Held held = queue.messages.get(id);
      if (held == null) {
        return;
      }
      held.isDying = false;
      stats.count(isTaken ? Outcome.BURIED : Outcome.UNBURIED, 1);
      if (isTaken) {
        removals.drop(queue, id, gone);
      } else {
        giveAgain(queue, id);
      }
    }
    removals.forget(gone);
  }

  private Store store() {
    return parts.store();
  }
}
