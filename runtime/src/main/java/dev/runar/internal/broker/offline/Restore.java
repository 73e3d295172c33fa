package dev.runar.internal.broker.offline;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.runar.internal.broker.offline.OfflineQueue.Held;
import dev.runar.spi.Store;
import dev.runar.spi.Store.Entry;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * Fills the table with what a store has from a life before. One thread, before anybody else sees
 * the table.
 *
 * @param nowMs when a message came whose own time cannot be read
 */
record Restore(Store store, QueueTable table, long nowMs) {
  private static final Logger LOG = System.getLogger("dev.runar.offline");
  private static final int CHUNK = 1_000;

  void run() {
    each(StoreNames.MEMBERS, this::member);
    for (String name : store.queues()) {
      if (name.startsWith(StoreNames.MESSAGES)) {
        queue(name.substring(StoreNames.MESSAGES.length()))
            .ifPresentOrElse(
                queue -> each(name, entry -> message(queue, entry)), () -> unknown(name));
      }
    }
    for (OfflineQueue queue : table.all()) {
      each(queue.counts(), entry -> count(queue, entry));
    }
  }

  private void each(String name, Consumer<Entry> step) {
    List<Entry> some = store.read(name, 0, CHUNK);
    while (!some.isEmpty()) {
      some.forEach(step);
      some = store.read(name, some.getLast().id(), CHUNK);
    }
  }

  private void member(Entry entry) {
    if (entry instanceof Entry.Whole whole) {
      String text = new String(whole.body(), UTF_8);
      QueueKey.parse(text)
          .ifPresentOrElse(key -> joined(key, entry.id()), () -> unknown(StoreNames.MEMBERS));
    } else {
      LOG.log(Level.ERROR, "a member of a group is damaged, its queue is missed id=" + entry.id());
    }
  }

  private void joined(QueueKey key, long id) {
    if (table.find(key).isEmpty()) {
      var receipt = new Store.Receipt(id, store.level());
      table.add(new OfflineQueue(key, CompletableFuture.completedFuture(receipt)));
    }
  }

  /** Messages without a member are there when what said that it joined was damaged. */
  private Optional<OfflineQueue> queue(String text) {
    Optional<QueueKey> key = QueueKey.parse(text);
    key.filter(known -> table.find(known).isEmpty())
        .ifPresent(
            known ->
                table.add(
                    new OfflineQueue(
                        known, store.append(List.of(StoreNames.MEMBERS), text.getBytes(UTF_8)))));
    return key.flatMap(table::find);
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
    var _ = store.remove(queue.counts(), List.of(entry.id())); // of nothing that waits
  }

  /** The body of an entry that {@link #count} reads. */
  static byte[] count(long id, int rejected) {
    return ByteBuffer.allocate(12).putLong(id).putInt(rejected).array();
  }
}
