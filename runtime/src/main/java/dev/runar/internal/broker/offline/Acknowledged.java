package dev.runar.internal.broker.offline;

import dev.runar.internal.broker.offline.OfflineQueue.Held;
import dev.runar.internal.broker.offline.OfflineStats.Outcome;
import dev.runar.spi.Store;
import java.util.ArrayList;
import java.util.Collection;
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
      OfflineQueue queue, Collection<Long> ids, Giving giving) {
    var done = new ArrayList<Long>();
    var unknown = new ArrayList<Long>();
    var counts = new ArrayList<Long>();
    for (long id : ids) {
      Held held = queue.messages.get(id);
      if (held == null || !held.mayBeKnown()) {
        unknown.add(id);
      } else {
        var _ = giving.table().take(queue, id);
        done.add(id);
        if (held.countedBy > 0) {
          counts.add(held.countedBy);
        }
      }
    }
    giving.stats().count(Outcome.ACKNOWLEDGED, done.size());
    var _ = giving.store().remove(queue.counts(), counts);
    return StoreFailures.typed(giving.store().remove(queue.name(), done))
        .thenApply(level -> new Acknowledged(done, unknown, level));
  }
}
