package dev.runar.internal.broker.offline;

import dev.runar.internal.broker.offline.OfflineQueue.Held;
import dev.runar.spi.Store;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * What became of an acknowledgement of several messages. Immutable.
 *
 * @param unknown those that do not wait, or that the client was never given
 * @param level what holds for the others
 */
public record Acknowledged(List<Long> done, List<Long> unknown, Store.Level level) {

  /** Takes them out of a queue by one operation of the store. With the table held. */
  static CompletableFuture<Acknowledged> of(
      OfflineQueue queue, Collection<Long> ids, Removals removals) {
    var known = new LinkedHashMap<Long, Held>();
    var unknown = new ArrayList<Long>();
    for (long id : ids) {
      Held held = queue.messages.get(id);
      if (held == null || !held.mayBeKnown()) {
        unknown.add(id);
      } else {
        known.put(id, held);
      }
    }
    return StoreFailures.typed(removals.acknowledge(queue, known))
        .thenApply(level -> new Acknowledged(List.copyOf(known.keySet()), unknown, level));
  }
}
