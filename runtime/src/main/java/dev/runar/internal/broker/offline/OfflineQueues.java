package dev.runar.internal.broker.offline;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.runar.Payload;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.channels.OfflineOptions;
import dev.runar.internal.broker.offline.OfflineQueue.Held;
import dev.runar.internal.broker.offline.OfflineStats.Outcome;
import dev.runar.spi.Clock;
import dev.runar.spi.Store;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Messages that wait for clients, each in a queue of its own, until the client acknowledges them.
 * Any thread; nothing here waits.
 *
 * <p>A queue begins when its client joins a group, also when it is away afterwards. What is
 * published for a group goes into the queue of each of its clients, by one operation of the store
 * for every 200; each acknowledges for itself. Delivery is at least once: a message is given again
 * until it is acknowledged, and says so.
 */
public final class OfflineQueues {
  /** So many queues take a message by one operation of the store. */
  private static final int TOGETHER = 200;

  private final Store store;
  private final OfflineOptions options;
  private final Clock clock;
  private final Executor work;
  private final Rejections rejections;
  private final Giving giving;
  private final OfflineStats stats = new OfflineStats();
  private final QueueTable table; // guarded by itself

  /**
   * Where messages are.
   *
   * @param work runs what waits for the disk
   * @param deadLetters takes a message that its client refuses; it is removed when that went well
   */
  public record Parts(
      Store store,
      Clock clock,
      Executor work,
      Function<DeadLetter, CompletionStage<?>> deadLetters) {}

  /**
   * What became of a message for a group.
   *
   * @param level what holds for those that took it
   * @param refused whose queues were full
   */
  public record Published(Store.Level level, List<QueueKey> taken, List<QueueKey> refused) {}

  /** What all queues hold, in bytes of messages. */
  public record Holding(int queues, long messages, long bytes) {}

  /** The queues of a store, as they were when it was closed. Reads all of it. */
  public OfflineQueues(OfflineOptions options, Parts parts) {
    this.options = options;
    this.store = parts.store();
    this.clock = parts.clock();
    this.work = parts.work();
    this.table = new QueueTable(options);
    this.giving = new Giving(store, table, stats);
    this.rejections = new Rejections(options.deliveries(), parts, table, stats);
    new Restore(store, table, clock.wallMs()).run();
  }

  /** What became of messages. */
  public OfflineStats stats() {
    return stats;
  }

  /** The messages that a queue holds at most. */
  public int most() {
    return options.messages();
  }

  /** What the store counts. */
  public Store.Counts stored() {
    return store.counts();
  }

  /**
   * Begins the queue of a client, if it has none.
   *
   * @return what the store promises of it; fails with {@code OVERLOADED} when there are as many as
   *     may be
   */
  public CompletableFuture<Store.Level> join(QueueKey key) {
    OfflineQueue queue;
    synchronized (table) {
      queue = table.find(key).orElse(null);
      if (queue == null) {
        if (table.size() >= options.queues()) {
          return refused("there are " + options.queues() + " offline queues (offline.queues)");
        }
        byte[] body = key.text().getBytes(UTF_8);
        queue = new OfflineQueue(key, store.append(List.of(StoreNames.MEMBERS), body));
        table.add(queue);
      }
    }
    OfflineQueue begun = queue;
    return StoreFailures.typed(queue.joined)
        .whenComplete((receipt, error) -> discardIf(error != null, begun))
        .thenApply(Store.Receipt::level);
  }

  private void discardIf(boolean hasFailed, OfflineQueue queue) {
    synchronized (table) {
      if (hasFailed && !queue.isGone) {
        table.remove(queue);
        var _ = store.remove(queue.name(), queue.messages.keySet());
      }
    }
  }

  /**
   * Ends the queue of a client, with what waits in it.
   *
   * @return ends when no restart brings it back; at once if it has none
   */
  public CompletableFuture<Store.Level> leave(QueueKey key) {
    OfflineQueue queue;
    List<Long> ids;
    List<Long> counts;
    synchronized (table) {
      queue = table.find(key).orElse(null);
      if (queue == null) {
        return CompletableFuture.completedFuture(store.level());
      }
      ids = List.copyOf(queue.messages.keySet());
      counts =
          queue.messages.values().stream().map(held -> held.countedBy).filter(n -> n > 0).toList();
      table.remove(queue);
      stats.count(Outcome.LEFT, ids.size());
      var _ = store.remove(queue.counts(), counts);
      var _ = store.remove(queue.name(), ids);
    }
    return StoreFailures.typed(
        queue
            .joined
            .handle((receipt, error) -> receipt == null ? List.<Long>of() : List.of(receipt.id()))
            .thenCompose(members -> store.remove(StoreNames.MEMBERS, members)));
  }

  /** The clients that joined a group. */
  public List<QueueKey> members(String group) {
    synchronized (table) {
      return table.of(group).stream().map(queue -> queue.key).toList();
    }
  }

  /**
   * Puts a message into one queue.
   *
   * @return its id and what the store promises; fails with {@code NOT_FOUND} when the client has
   *     not joined, {@code OVERLOADED} when there is no room
   */
  public CompletableFuture<Store.Receipt> offer(QueueKey key, Payload payload) {
    synchronized (table) {
      Optional<OfflineQueue> queue = table.find(key);
      if (queue.isEmpty()) {
        return CompletableFuture.failedFuture(unknown(key));
      }
      List<OfflineQueue> taking = withRoom(queue.stream().toList(), payload);
      return taking.isEmpty()
          ? refused("the offline queue is full (offline.messages, bytes, totalBytes)")
          : append(taking, payload);
    }
  }

  /**
   * Puts a message into the queue of every client of a group, but those of one user.
   *
   * @return fails when the store did not take it for some
   */
  public CompletableFuture<Published> publish(
      String group, @Nullable String exceptUser, Payload payload) {
    synchronized (table) {
      List<OfflineQueue> wanted =
          table.of(group).stream().filter(queue -> !queue.key.user().equals(exceptUser)).toList();
      List<OfflineQueue> taking = withRoom(wanted, payload);
      List<QueueKey> taken = taking.stream().map(queue -> queue.key).toList();
      List<QueueKey> refused = without(wanted, new HashSet<>(taken));
      var stored = new ArrayList<CompletableFuture<Store.Receipt>>();
      for (int i = 0; i < taking.size(); i += TOGETHER) {
        stored.add(append(taking.subList(i, Math.min(taking.size(), i + TOGETHER)), payload));
      }
      return CompletableFuture.allOf(stored.toArray(CompletableFuture[]::new))
          .thenApply(done -> new Published(store.level(), taken, refused));
    }
  }

  private static List<QueueKey> without(List<OfflineQueue> wanted, Set<QueueKey> taken) {
    return wanted.stream().map(queue -> queue.key).filter(key -> !taken.contains(key)).toList();
  }

  private List<OfflineQueue> withRoom(List<OfflineQueue> wanted, Payload payload) {
    int size = MessageForm.HEAD + payload.encoded().length;
    var taking = new ArrayList<OfflineQueue>();
    for (OfflineQueue queue : wanted) {
      expire(queue);
      Map<Long, Held> leaving = table.reserve(queue, size);
      if (leaving == null) {
        stats.count(Outcome.REFUSED, 1);
      } else {
        taking.add(queue);
        stats.count(Outcome.DROPPED, leaving.size());
        for (var oldest : leaving.entrySet()) {
          var _ = rejections.remove(queue, oldest.getKey(), oldest.getValue());
        }
      }
    }
    return taking;
  }

  /** Under the lock, so that the order of offers is the order of the store. */
  private CompletableFuture<Store.Receipt> append(List<OfflineQueue> queues, Payload payload) {
    var message = new MessageForm(clock.wallMs(), payload);
    byte[] body = message.bytes();
    return StoreFailures.typed(
        store
            .append(queues.stream().map(OfflineQueue::name).toList(), body)
            .whenComplete(
                (receipt, error) -> settle(queues, body.length, message.offeredAtMs(), receipt)));
  }

  private void settle(
      List<OfflineQueue> queues, int size, long offeredAtMs, Store.@Nullable Receipt receipt) {
    synchronized (table) {
      for (OfflineQueue queue : queues) {
        table.release(queue, size);
        if (receipt == null) {
          stats.count(Outcome.FAILED, 1);
        } else if (queue.isGone) {
          var _ = store.remove(queue.name(), List.of(receipt.id()));
        } else {
          stats.count(Outcome.TAKEN, 1);
          table.put(queue, receipt.id(), new Held(size, offeredAtMs, false));
        }
      }
    }
  }

  /**
   * Gives what a client has not acknowledged, in order. What is given counts as delivered.
   *
   * @param after only messages with ids above it; 0: from the first
   * @return fails with {@code NOT_FOUND} when the client has not joined
   */
  public CompletableFuture<List<WaitingMessage>> unacked(QueueKey key, long after, int limit) {
    return CompletableFuture.supplyAsync(() -> giving.give(known(key), after, limit), work);
  }

  private OfflineQueue known(QueueKey key) {
    synchronized (table) {
      OfflineQueue queue = table.find(key).orElseThrow(() -> unknown(key));
      expire(queue);
      return queue;
    }
  }

  private static RunarException unknown(QueueKey key) {
    return new RunarException(
        Code.NOT_FOUND, "the client " + key.client() + " has not joined the group " + key.group());
  }

  /**
   * Begins to give a client its messages as they come. Whoever had them given before is told that
   * it is over.
   *
   * @throws RunarException {@code NOT_FOUND} when the client has not joined
   */
  public OfflineReader attach(QueueKey key, OfflineReader.Listener listener) {
    synchronized (table) {
      OfflineQueue queue = known(key);
      if (queue.reader != null) {
        queue.reader.end(OfflineReader.Ending.TAKEN_OVER);
      }
      var reader = new OfflineReader(giving, work, queue, options.window(), listener);
      queue.reader = reader;
      return reader;
    }
  }

  /**
   * A client has messages for good, as far as it was given them, in this life of the node or in one
   * before.
   *
   * @return fails with {@code NOT_FOUND} when the client has not joined
   */
  public CompletableFuture<Acknowledged> acknowledge(QueueKey key, Collection<Long> ids) {
    synchronized (table) {
      OfflineQueue queue = table.find(key).orElse(null);
      return queue == null
          ? CompletableFuture.failedFuture(unknown(key))
          : Acknowledged.of(queue, ids, giving);
    }
  }

  /**
   * As {@link #nack}, of a message that the client was given.
   *
   * @return empty also when it never was given
   */
  public CompletableFuture<Optional<Integer>> refuse(QueueKey key, long id, String cause) {
    synchronized (table) {
      Held held = known(key).messages.get(id);
      return held != null && held.mayBeKnown()
          ? rejections.add(key, id, cause)
          : CompletableFuture.completedFuture(Optional.empty());
    }
  }

  /**
   * A client has a message for good.
   *
   * @return what the store promises; empty when the message does not wait, as when it was
   *     acknowledged before
   */
  public CompletableFuture<Optional<Store.Level>> ack(QueueKey key, long id) {
    synchronized (table) {
      OfflineQueue queue = table.find(key).orElse(null);
      Held held = queue == null ? null : table.take(queue, id);
      if (queue == null || held == null) {
        return CompletableFuture.completedFuture(Optional.empty());
      }
      stats.count(Outcome.ACKNOWLEDGED, 1);
      return StoreFailures.typed(rejections.remove(queue, id, held)).thenApply(Optional::of);
    }
  }

  /**
   * A client could not handle a message; it is given again, or becomes a dead letter.
   *
   * @param cause what the client says of it
   * @return how often it was refused now; empty when the message does not wait
   */
  public CompletableFuture<Optional<Integer>> nack(QueueKey key, long id, String cause) {
    return rejections.add(key, id, cause);
  }

  /** Ends what has waited for too long; called now and then. */
  public void expire() {
    synchronized (table) {
      table.all().forEach(this::expire);
    }
  }

  private void expire(OfflineQueue queue) {
    long oldest = clock.wallMs() - options.ttl().toMillis();
    var expired = new ArrayList<Long>();
    for (Map.Entry<Long, Held> each : queue.messages.entrySet()) {
      if (each.getValue().offeredAtMs >= oldest) {
        break;
      }
      expired.add(each.getKey());
    }
    for (long id : expired) {
      Held held = table.take(queue, id);
      if (held != null) {
        var _ = rejections.remove(queue, id, held);
      }
    }
    stats.count(Outcome.EXPIRED, expired.size());
  }

  /** What they hold now. */
  public Holding holding() {
    synchronized (table) {
      return new Holding(table.size(), table.messages(), table.bytes());
    }
  }

  private <T> CompletableFuture<T> refused(String why) {
    return CompletableFuture.failedFuture(new RunarException(Code.OVERLOADED, why));
  }
}
