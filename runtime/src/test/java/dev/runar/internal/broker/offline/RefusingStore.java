package dev.runar.internal.broker.offline;

import dev.runar.internal.store.MemoryStore;
import dev.runar.spi.Store;
import dev.runar.spi.StoreException;
import dev.runar.spi.StoreException.Reason;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** A store that refuses what it is asked for while the test says so. */
final class RefusingStore implements Store {
  private final MemoryStore held = MemoryStore.bounded(1L << 30, 1_000_000);
  boolean isRefusing;

  private static <T> CompletableFuture<T> refusal() {
    return CompletableFuture.failedFuture(new StoreException(Reason.OVERLOADED, "not now"));
  }

  @Override
  public Level level() {
    return held.level();
  }

  @Override
  public CompletableFuture<Receipt> append(Collection<String> queues, byte[] body) {
    return isRefusing ? refusal() : held.append(queues, body);
  }

  @Override
  public CompletableFuture<Level> remove(String queue, Collection<Long> ids) {
    return isRefusing ? refusal() : held.remove(queue, ids);
  }

  @Override
  public List<Entry> read(String queue, long after, int limit) {
    return held.read(queue, after, limit);
  }

  @Override
  public Set<String> queues() {
    return held.queues();
  }

  @Override
  public Findings findings() {
    return held.findings();
  }

  @Override
  public Counts counts() {
    return held.counts();
  }

  @Override
  public void close() {
    held.close();
  }
}
