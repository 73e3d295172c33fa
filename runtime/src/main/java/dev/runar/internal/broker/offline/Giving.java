package dev.runar.internal.broker.offline;

import dev.runar.Payload;
import dev.runar.internal.broker.offline.OfflineQueue.Held;
import dev.runar.internal.broker.offline.OfflineStats.Outcome;
import dev.runar.spi.Store;
import dev.runar.spi.Store.Entry;
import dev.runar.spi.StoreException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads messages out of the store and gives them to clients. Any thread that may block; the table
 * is guarded by itself.
 */
record Giving(Store store, QueueTable table, OfflineStats stats) {

  /** What waits in a queue, in order, which from now on counts as delivered. */
  List<WaitingMessage> give(OfflineQueue queue, long after, int limit) {
    var given = new ArrayList<WaitingMessage>();
    long last = after;
    boolean isMore = true;
    while (isMore && given.size() < limit) {
      List<Entry> entries = read(queue, last, limit - given.size());
      isMore = !entries.isEmpty() && give(queue, entries, given);
      last = isMore ? entries.getLast().id() : last;
    }
    return given;
  }

  /** Whether all of them have settled: what comes behind one that has not would be out of order. */
  private boolean give(OfflineQueue queue, List<Entry> entries, List<WaitingMessage> into) {
    synchronized (table) {
      for (Entry entry : entries) {
        if (entry.id() > queue.settled) {
          return false;
        }
        Held held = queue.messages.get(entry.id());
        if (held != null && held.isGivable()) { // else it was acknowledged since it was read
          into.add(message(entry, held));
        }
      }
    }
    return true;
  }

  /** Some messages of a queue by their ids, which rise; those that have gone are left out. */
  Map<Long, Entry> read(OfflineQueue queue, List<Long> ids) {
    var found = new HashMap<Long, Entry>();
    long last = ids.getFirst() - 1;
    while (last < ids.getLast()) {
      List<Entry> entries = read(queue, last, ids.size());
      entries.forEach(entry -> found.put(entry.id(), entry));
      last = entries.isEmpty() ? ids.getLast() : entries.getLast().id();
    }
    return found;
  }

  private List<Entry> read(OfflineQueue queue, long after, int limit) {
    try {
      return store.read(queue.name(), after, limit);
    } catch (StoreException e) {
      throw StoreFailures.typed(e);
    }
  }

  /** One that is on its way to its client now. With the table held. */
  WaitingMessage message(Entry entry, Held held) {
    held.given++;
    int deliveries = held.given + held.rejectedBefore;
    Optional<Payload> payload =
        switch (entry) {
          case Entry.Whole whole -> MessageForm.read(whole.body()).map(MessageForm::payload);
          case Entry.Damaged _ -> Optional.empty();
        };
    stats.count(Outcome.DAMAGED, payload.isEmpty() ? 1 : 0);
    boolean isAgain = held.isRestored || deliveries > 1;
    return new WaitingMessage(entry.id(), payload, deliveries, isAgain, held.offeredAtMs);
  }
}
