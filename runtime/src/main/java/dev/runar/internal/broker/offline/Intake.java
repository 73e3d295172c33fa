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
import org.jspecify.annotations.Nullable;

/**
 * Takes messages into queues: keeps room for each, appends it to the store, and lets it wait when
 * the store has it. Only then do older ones go that give way to it. Any thread, with the table
 * held, so that the order of offers is the order of the store.
 */
record Intake(
    OfflineOptions options,
    Store store,
    Clock clock,
    QueueTable table,
    Removals removals,
    OfflineStats stats) {

  /** Room in a queue for one message, and those that give way to it. */
  record Room(OfflineQueue queue, Map<Long, Held> ceding) {}

  /** Those of the queues that have room, which is kept for a message. */
  List<Room> withRoom(List<OfflineQueue> wanted, Payload payload) {
    int size = MessageForm.HEAD + payload.encoded().length;
    var rooms = new ArrayList<Room>();
    for (OfflineQueue queue : wanted) {
      expire(queue);
      Map<Long, Held> ceding = table.reserve(queue, size);
      if (ceding == null) {
        stats.count(Outcome.REFUSED, 1);
      } else {
        rooms.add(new Room(queue, ceding));
      }
    }
    return rooms;
  }

  /** Puts a message where room is kept for it, everywhere or nowhere. */
  CompletableFuture<Store.Receipt> append(List<Room> rooms, Payload payload) {
    var message = new MessageForm(clock.wallMs(), payload);
    byte[] body = message.bytes();
    List<String> names = rooms.stream().map(room -> room.queue().name()).toList();
    return StoreFailures.typed(
        store
            .append(names, body)
            .whenComplete(
                (receipt, error) -> settle(rooms, body.length, message.offeredAtMs(), receipt)));
  }

  private void settle(
      List<Room> rooms, int size, long offeredAtMs, Store.@Nullable Receipt receipt) {
    synchronized (table) {
      for (Room room : rooms) {
        OfflineQueue queue = room.queue();
        table.release(queue, size);
        if (receipt == null) {
          stats.count(Outcome.FAILED, 1);
          room.ceding().forEach((id, held) -> table.keep(queue, id, held));
        } else if (queue.isGone) {
          removals.forget(queue.name(), receipt.id());
        } else {
          stats.count(Outcome.TAKEN, 1);
          drop(room);
          table.put(queue, receipt.id(), new Held(size, offeredAtMs, false));
        }
      }
    }
  }

  private void drop(Room room) {
    for (var each : room.ceding().entrySet()) {
      if (room.queue().messages.get(each.getKey()) == each.getValue()) {
        removals.drop(room.queue(), each.getKey());
        stats.count(Outcome.DROPPED, 1);
      }
    }
  }

  /** Ends what has waited in a queue for too long. */
  void expire(OfflineQueue queue) {
    long oldest = clock.wallMs() - options.ttl().toMillis();
    var expired = new ArrayList<Long>();
    for (Map.Entry<Long, Held> each : queue.messages.entrySet()) {
      if (each.getValue().offeredAtMs >= oldest) {
        break;
      }
      expired.add(each.getKey());
    }
    expired.forEach(id -> removals.drop(queue, id));
    stats.count(Outcome.EXPIRED, expired.size());
  }
}
