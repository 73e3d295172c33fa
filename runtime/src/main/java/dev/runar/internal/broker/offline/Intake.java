package dev.runar.internal.broker.offline;

import dev.runar.Payload;
import dev.runar.channels.OfflineOptions;
import dev.runar.internal.broker.offline.OfflineQueue.Held;
import dev.runar.internal.broker.offline.OfflineStats.Outcome;
import dev.runar.spi.Clock;
import dev.runar.spi.Store;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Takes messages into queues: keeps room for each, appends it to the store, and lets it wait when
 * the store has it. Only then do older ones go that give way to it. Any thread, without the table:
 * it is held while room is kept and the store is asked, so that the order of offers is the order of
 * the store, and not while anything is removed.
 */
record Intake(
    OfflineOptions options,
    Store store,
    Clock clock,
    QueueTable table,
    Removals removals,
    OfflineStats stats) {

  /** Room in a queue for one message, and those that give way to it. */
  private record Room(OfflineQueue queue, Map<Long, Held> ceding) {}

  /**
   * What became of a message.
   *
   * @param stored what the store says for those that took it; null: none did
   */
  record Offered(
      List<QueueKey> taken,
      List<QueueKey> refused,
      @Nullable CompletableFuture<Store.Receipt> stored) {}

  /**
   * Puts a message into those of the queues that have room: into all of them or none.
   *
   * @param heard told what the store answers before the message can be given to anybody; null: it
   *     has not taken it
   */
  Offered offer(
      List<OfflineQueue> wanted, Payload payload, Consumer<Store.@Nullable Receipt> heard) {
    var message = new MessageForm(clock.wallMs(), payload);
    byte[] body = message.bytes();
    var rooms = new ArrayList<Room>();
    var refused = new ArrayList<QueueKey>();
    var gone = new Gone();
    CompletableFuture<Store.Receipt> stored;
    synchronized (table) {
      for (OfflineQueue queue : wanted) {
        if (!queue.isGone) {
          expire(queue, gone);
          Map<Long, Held> ceding = table.reserve(queue, body.length);
          if (ceding == null) {
            refused.add(queue.key);
          } else {
            rooms.add(new Room(queue, ceding));
          }
        }
      }
      stored = rooms.isEmpty() ? null : append(rooms, message.offeredAtMs(), body, heard);
    }
    removals.forget(gone);
    stats.count(Outcome.REFUSED, refused.size());
    return new Offered(rooms.stream().map(room -> room.queue().key).toList(), refused, stored);
  }

  private CompletableFuture<Store.Receipt> append(
      List<Room> rooms, long offeredAtMs, byte[] body, Consumer<Store.@Nullable Receipt> heard) {
    List<String> names = rooms.stream().map(room -> room.queue().name()).toList();
    return StoreFailures.asked(() -> store.append(names, body))
        .whenComplete(
            (receipt, error) -> {
              try {
                heard.accept(receipt);
              } finally {
                settle(rooms, body.length, offeredAtMs, receipt);
              }
            });
  }

  private void settle(
      List<Room> rooms, int size, long offeredAtMs, Store.@Nullable Receipt receipt) {
    var gone = new Gone();
    synchronized (table) {
      for (Room room : rooms) {
        OfflineQueue queue = room.queue();
        table.release(queue, size);
        if (receipt == null) {
          stats.count(Outcome.FAILED, 1);
          room.ceding().forEach((id, held) -> table.keep(queue, id, held));
        } else if (queue.isGone) {
          gone.add(queue.name(), receipt.id());
        } else {
          stats.count(Outcome.TAKEN, 1);
          drop(room, gone);
          table.put(queue, receipt.id(), new Held(size, offeredAtMs, false));
        }
      }
    }
    removals.forget(gone);
  }

  private void drop(Room room, Gone gone) {
    for (var each : room.ceding().entrySet()) {
      if (room.queue().messages.get(each.getKey()) == each.getValue()) {
        removals.drop(room.queue(), each.getKey(), gone);
        stats.count(Outcome.DROPPED, 1);
      }
    }
  }

  /** Ends what has waited in a queue for too long. */
  void expire(OfflineQueue queue) {
    var gone = new Gone();
    synchronized (table) {
      expire(queue, gone);
    }
    removals.forget(gone);
  }

  private void expire(OfflineQueue queue, Gone gone) {
    long oldest = clock.wallMs() - options.ttl().toMillis();
    var expired = new ArrayList<Long>();
    for (Map.Entry<Long, Held> each : queue.messages.entrySet()) {
      if (each.getValue().offeredAtMs >= oldest) {
        break;
      }
      expired.add(each.getKey());
    }
    expired.forEach(id -> removals.drop(queue, id, gone));
    stats.count(Outcome.EXPIRED, expired.size());
  }
}
