package dev.runar.internal.broker.offline;

import dev.runar.Payload;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.channels.OfflineOptions;
import dev.runar.internal.broker.offline.Intake.Offered;
import dev.runar.internal.broker.offline.OfflineQueue.Held;
import dev.runar.spi.Clock;
import dev.runar.spi.Store;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Messages that wait for clients, each in a queue of its own, until the client acknowledges them.
 * Any thread; nothing here waits.
 *
 * <p>A queue begins when its client joins a group, also when it is away afterwards. What is
 * published for a group goes into the queue of each of its clients, by one operation of the store
 * for every 200; each acknowledges for itself. Event loops come here too, so the lock over all
 * queues is held for no more than 200 of them at a time. Delivery is at least once: a message is
 * given again until it is acknowledged, and says so.
 */
public final class OfflineQueues {
  /** So many queues take a message by one operation of the store. */
  private static final int TOGETHER = 200;

  private final Store store;
  private final OfflineOptions options;
  private final Executor work;
  private final Removals removals;
  private final Intake intake;
  private final Joining joining;
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
    Clock clock = parts.clock();
    this.work = parts.work();
    this.table = new QueueTable(options);
    this.giving = new Giving(store, table, stats);
    this.removals = new Removals(store, table, stats);
    this.intake = new Intake(options, store, clock, table, removals, stats);
    this.joining = new Joining(options, store, table, removals, stats);
    this.rejections = new Rejections(options.deliveries(), parts, table, removals, stats);
    new Restore(store, table, removals, stats, clock.wallMs()).run();
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
    return joining.join(key);
  }

  /**
   * Keeps the queue of a client for publications that are to spill into it, and begins it if the
   * client has none. One that began so ends by itself when nothing waits in it and nobody keeps it,
   * unless a service joins it meanwhile; and of one user there are no more than 100 of them.
   *
   * @return empty when there are as many as may be
   */
  public Optional<QueueHold> spill(QueueKey key) {
    return joining.spill(key);
  }

  /**
   * Ends the queue of a client, with what waits in it.
   *
   * @return ends when no restart brings it back, until when it is there; at once if it has none
   */
  public CompletableFuture<Store.Level> leave(QueueKey key) {
    return joining.leave(key);
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
    Offered offered = intake.offer(find(key).stream().toList(), payload, receipt -> {});
    if (offered.stored() != null) {
      return StoreFailures.typed(offered.stored());
    }
    return offered.refused().isEmpty()
        ? CompletableFuture.failedFuture(unknown(key))
        : refused("the offline queue is full (offline.messages, bytes, totalBytes)");
  }

  /**
   * Puts a message into one queue.
   *
   * @param heard told what became of it, before the message can be given to the client: by a thread
   *     that must not block; null: the queue has not taken it
   */
  public void offer(QueueKey key, Payload payload, Consumer<Store.@Nullable Receipt> heard) {
    Offered offered = intake.offer(find(key).stream().toList(), payload, heard);
    if (offered.stored() == null) {
      heard.accept(null);
    }
  }

  /**
   * Puts a message into the queue of every client of a group, but those of one user. Of messages
   * that two threads publish at a time for more than 200 clients, some clients may get one first
   * and some the other.
   *
   * @return fails when the store did not take it for some
   */
  public CompletableFuture<Published> publish(
      String group, @Nullable String exceptUser, Payload payload) {
    List<OfflineQueue> members;
    synchronized (table) {
      members = table.of(group);
    }
    List<OfflineQueue> wanted =
        members.stream().filter(queue -> !queue.key.user().equals(exceptUser)).toList();
    var taken = new ArrayList<QueueKey>();
    var refused = new ArrayList<QueueKey>();
    var stored = new ArrayList<CompletableFuture<Store.Receipt>>();
    for (int i = 0; i < wanted.size(); i += TOGETHER) {
      Offered offered =
          intake.offer(
              wanted.subList(i, Math.min(wanted.size(), i + TOGETHER)), payload, receipt -> {});
      taken.addAll(offered.taken());
      refused.addAll(offered.refused());
      if (offered.stored() != null) {
        stored.add(offered.stored());
      }
    }
    return StoreFailures.typed(
        CompletableFuture.allOf(stored.toArray(CompletableFuture[]::new))
            .thenApply(done -> new Published(store.level(), taken, refused)));
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

  private Optional<OfflineQueue> find(QueueKey key) {
    synchronized (table) {
      return table.find(key);
    }
  }

  private OfflineQueue known(QueueKey key) {
    OfflineQueue queue = find(key).orElseThrow(() -> unknown(key));
    intake.expire(queue);
    return queue;
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
    OfflineQueue queue = known(key);
    synchronized (table) {
      if (!queue.isGone) {
        if (queue.reader != null) {
          queue.reader.end(OfflineReader.Ending.TAKEN_OVER);
        }
        var reader = new OfflineReader(giving, work, queue, options.window(), listener);
        queue.reader = reader;
        return reader;
      }
    }
    throw unknown(key);
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
      if (queue != null) {
        return Acknowledged.of(queue, ids, removals);
      }
    }
    return CompletableFuture.failedFuture(unknown(key));
  }

  /**
   * As {@link #nack}, of a message that the client was given.
   *
   * @return empty also when it never was given
   */
  public CompletableFuture<Optional<Integer>> refuse(QueueKey key, long id, String cause) {
    OfflineQueue queue = known(key);
    synchronized (table) {
      Held held = queue.messages.get(id);
      return held != null && held.mayBeKnown()
          ? rejections.add(key, id, cause)
          : CompletableFuture.completedFuture(Optional.empty());
    }
  }

  /**
   * A client has a message for good.
   *
   * @return what the store promises; empty when the message does not wait, as when it was
   *     acknowledged before; if it fails the message waits as before
   */
  public CompletableFuture<Optional<Store.Level>> ack(QueueKey key, long id) {
    synchronized (table) {
      OfflineQueue queue = table.find(key).orElse(null);
      Held held = queue == null ? null : queue.messages.get(id);
      if (queue == null || held == null) {
        return CompletableFuture.completedFuture(Optional.empty());
      }
      return StoreFailures.typed(removals.acknowledge(queue, Map.of(id, held)))
          .thenApply(Optional::of);
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

  /** Ends what has waited for too long, and queues that nobody needs; called now and then. */
  public void expire() {
    removals.retry();
    List<OfflineQueue> all;
    synchronized (table) {
      all = table.all();
    }
    for (OfflineQueue queue : all) {
      intake.expire(queue);
      joining.endIfIdle(queue);
    }
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
