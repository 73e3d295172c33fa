package dev.runar.internal.broker.offline;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.runar.internal.broker.offline.OfflineQueue.Held;
import dev.runar.internal.broker.offline.OfflineQueue.Origin;
import dev.runar.internal.broker.offline.OfflineStats.Outcome;
import dev.runar.spi.Store;
import dev.runar.spi.Store.Damage;
import dev.runar.spi.Store.Entry;
import dev.runar.spi.Store.Loss;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * Fills the table with what a store has from a life before. One thread, before anybody else sees
 * the table.
 *
 * @param nowMs when a message came whose own time cannot be read
 */
record Restore(Store store, QueueTable table, Removals removals, OfflineStats stats, long nowMs) {
  private static final Logger LOG = System.getLogger("dev.runar.offline");
  private static final int CHUNK = 1_000;

  void run() {
    for (Origin origin : Origin.values()) {
      each(origin.members, entry -> member(entry, origin));
    }
    for (String name : store.queues()) {
      if (name.startsWith(StoreNames.MESSAGES)) {
        QueueKey.parse(name.substring(StoreNames.MESSAGES.length()))
            .ifPresentOrElse(key -> messages(key, name), () -> unknown(name));
      }
    }
    for (String name : store.queues()) {
      if (name.startsWith(StoreNames.COUNTS)) {
        QueueKey.parse(name.substring(StoreNames.COUNTS.length()))
            .ifPresentOrElse(key -> counts(key, name), () -> unknown(name));
      }
    }
  }

  private void each(String name, Consumer<Entry> step) {
    List<Entry> some = store.read(name, 0, CHUNK);
    while (!some.isEmpty()) {
      some.forEach(step);
      some = store.read(name, some.getLast().id(), CHUNK);
    }
  }

  private void member(Entry entry, Origin origin) {
    if (entry instanceof Entry.Whole whole) {
      String text = new String(whole.body(), UTF_8);
      QueueKey.parse(text)
          .ifPresentOrElse(key -> joined(key, entry.id(), origin), () -> unknown(origin.members));
    } else {
      LOG.log(Level.ERROR, "a member of a group is damaged, its queue is missed id=" + entry.id());
    }
  }

  private void joined(QueueKey key, long id, Origin origin) {
    if (table.find(key).isEmpty()) {
      var receipt = new Store.Receipt(id, store.level());
      table.add(new OfflineQueue(key, origin, CompletableFuture.completedFuture(receipt)));
    } else if (origin == Origin.SPILL) { // a service has joined it since
      removals.forget(origin.members, id);
    }
  }

  private void messages(QueueKey key, String name) {
    long first = store.read(name, 0, 1).getFirst().id();
    for (Origin origin : Origin.values()) {
      if (table.find(key).isEmpty() && mayHaveJoined(first, origin.members)) {
        byte[] body = key.text().getBytes(UTF_8);
        table.add(new OfflineQueue(key, origin, store.append(List.of(origin.members), body)));
      }
    }
    table
        .find(key)
        .ifPresentOrElse(
            queue -> each(name, entry -> message(queue, entry)),
            () -> {
              int left = remove(name);
              stats.count(Outcome.LEFT, left);
              LOG.log(Level.INFO, "removed what its client left queue=" + name + " count=" + left);
            });
  }

  /**
   * Whether what said that a client joined may be lost. If it is not, the client left, and the node
   * ended before it had removed all that waited.
   *
   * @param message the id of the first that waits
   * @param members the queue of the store that would have said so
   */
  private boolean mayHaveJoined(long message, String members) {
    List<Damage> damages = store.findings().damages();
    return damages.size() < store.counts().damages()
        || damages.stream()
            .filter(each -> each.queues().isEmpty() || each.queues().contains(members))
            .anyMatch(each -> each.loss() != Loss.TORN || each.first() < message);
  }

  private int remove(String name) {
    var ids = new ArrayList<Long>();
    each(name, entry -> ids.add(entry.id()));
    removals.forget(name, ids);
    return ids.size();
  }

  private void counts(QueueKey key, String name) {
    table
        .find(key)
        .ifPresentOrElse(
            queue -> each(name, entry -> count(queue, entry)),
            () -> {
              int _ = remove(name);
            });
  }

  private static void unknown(String name) {
    LOG.log(Level.WARNING, "the store has something that this node did not write queue=" + name);
  }

  private void message(OfflineQueue queue, Entry entry) {
    var held =
        switch (entry) {
          case Entry.Whole whole ->
              new Held(
                  whole.body().length,
                  MessageForm.read(whole.body()).map(MessageForm::offeredAtMs).orElse(nowMs),
                  true);
          case Entry.Damaged _ -> new Held(MessageForm.HEAD, nowMs, true);
        };
    table.put(queue, entry.id(), held);
  }

  private void count(OfflineQueue queue, Entry entry) {
    if (entry instanceof Entry.Whole whole && whole.body().length == 12) {
      var body = ByteBuffer.wrap(whole.body());
      Held held = queue.messages.get(body.getLong());
      if (held != null) {
        held.rejected = body.getInt();
        held.rejectedBefore = held.rejected;
        held.countedBy = entry.id();
        return;
      }
    }
    removals.forget(queue.counts(), entry.id()); // of nothing that waits
  }

  /** The body of an entry that {@link #count} reads. */
  static byte[] count(long id, int rejected) {
    return ByteBuffer.allocate(12).putLong(id).putInt(rejected).array();
  }
}
