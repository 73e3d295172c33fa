package dev.runar.internal.broker.offline;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.channels.OfflineOptions;
import dev.runar.internal.broker.offline.OfflineQueue.Origin;
import dev.runar.internal.broker.offline.OfflineStats.Outcome;
import dev.runar.spi.Store;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The beginning and the end of queues. Any thread, without the table.
 *
 * <p>One that a service began ends when the service says so. One that began by spilling ends by
 * itself, when nothing waits in it and nothing spills: nobody else would end it.
 */
record Joining(
    OfflineOptions options, Store store, QueueTable table, Removals removals, OfflineStats stats) {

  /** See {@link OfflineQueues#join}. */
  CompletableFuture<Store.Level> join(QueueKey key) {
    CompletableFuture<Store.Receipt> joined = null;
    synchronized (table) {
      OfflineQueue queue = table.find(key).orElse(null);
      if (queue != null && queue.leaving != null) {
        return queue.leaving.handle((level, error) -> key).thenCompose(this::join);
      }
      if (queue != null) {
        joined = queue.origin == Origin.SPILL ? adopt(queue) : queue.joined;
      } else if (table.size() < options.queues()) {
        joined = begin(key, Origin.SERVICE).joined;
      }
    }
    return joined == null
        ? CompletableFuture.failedFuture(
            new RunarException(
                Code.OVERLOADED,
                "there are " + options.queues() + " offline queues (offline.queues)"))
        : StoreFailures.typed(joined).thenApply(Store.Receipt::level);
  }

  /** See {@link OfflineQueues#spill}. */
  Optional<QueueHold> spill(QueueKey key) {
    synchronized (table) {
      OfflineQueue queue = table.find(key).orElse(null);
      if (queue == null && table.size() < options.queues() && table.maySpill(key.user())) {
        queue = begin(key, Origin.SPILL);
      }
      return queue == null || queue.isGone
          ? Optional.empty()
          : Optional.of(new QueueHold(table, queue));
    }
  }

  private OfflineQueue begin(QueueKey key, Origin origin) {
    var joined = new CompletableFuture<Store.Receipt>();
    var queue = new OfflineQueue(key, origin, joined);
    table.add(queue);
    var _ =
        append(queue)
            .whenComplete(
                (receipt, error) -> {
                  if (error != null) {
                    discard(queue);
                  }
                  Removals.end(joined, receipt, error);
                });
    return queue;
  }

  private CompletableFuture<Store.Receipt> append(OfflineQueue queue) {
    byte[] body = queue.key.text().getBytes(UTF_8);
    return StoreFailures.asked(() -> store.append(List.of(queue.origin.members), body));
  }

  private void discard(OfflineQueue queue) {
    var gone = new Gone();
    synchronized (table) {
      if (!queue.isGone) {
        removals.drop(queue, gone);
      }
    }
    removals.forget(gone);
  }

  /** A service joins what began by spilling: from now on it is the service's. */
  private CompletableFuture<Store.Receipt> adopt(OfflineQueue queue) {
    CompletableFuture<Store.Receipt> before = queue.joined;
    var joined = new CompletableFuture<Store.Receipt>();
    table.change(queue, Origin.SERVICE);
    queue.joined = joined;
    var _ =
        append(queue)
            .whenComplete(
                (receipt, error) -> {
                  adopted(queue, before, error);
                  Removals.end(joined, receipt, error);
                });
    return joined;
  }

  private void adopted(
      OfflineQueue queue, CompletableFuture<Store.Receipt> before, @Nullable Throwable error) {
    if (error == null) {
      var _ = before.thenAccept(old -> removals.forget(Origin.SPILL.members, old.id()));
      return;
    }
    synchronized (table) {
      if (!queue.isGone) {
        table.change(queue, Origin.SPILL);
        queue.joined = before;
      }
    }
  }

  /** See {@link OfflineQueues#leave}. */
  CompletableFuture<Store.Level> leave(QueueKey key) {
    CompletableFuture<Store.Receipt> joined;
    OfflineQueue queue;
    String members;
    CompletableFuture<Store.Level> left;
    synchronized (table) {
      queue = table.find(key).orElse(null);
      if (queue == null) {
        return CompletableFuture.completedFuture(store.level());
      }
      if (queue.leaving != null) {
        return StoreFailures.typed(queue.leaving);
      }
      left = new CompletableFuture<>();
      queue.leaving = left;
      joined = queue.joined;
      members = queue.origin.members;
    }
    var _ =
        joined
            .handle((receipt, error) -> receipt == null ? List.<Long>of() : List.of(receipt.id()))
            .thenCompose(ids -> store.remove(members, ids))
            .whenComplete((level, error) -> left(queue, error == null))
            .whenComplete((level, error) -> Removals.end(left, level, error));
    return StoreFailures.typed(left);
  }

  private void left(OfflineQueue queue, boolean isDone) {
    var gone = new Gone();
    synchronized (table) {
      queue.leaving = null;
      if (isDone && !queue.isGone) {
        stats.count(Outcome.LEFT, queue.messages.size());
        removals.drop(queue, gone);
      }
    }
    removals.forget(gone);
  }

  /** Ends a queue that began by spilling and that nobody needs any more. */
  void endIfIdle(OfflineQueue queue) {
    var gone = new Gone();
    synchronized (table) {
      if (queue.isIdle()) {
        if (queue.reader != null) {
          queue.reader.end(OfflineReader.Ending.EMPTY);
        }
        gone.add(queue.origin.members, queue.joined.resultNow().id());
        removals.drop(queue, gone);
      }
    }
    removals.forget(gone);
  }
}
