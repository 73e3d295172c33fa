package dev.runar.internal.broker.offline;

import dev.runar.internal.store.MemoryStore;
import dev.runar.spi.Store;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** A store in memory that tells a test what it is asked for, before it does it. */
public final class WatchedStore implements Store {
  private final MemoryStore held = MemoryStore.bounded(1L << 30, 1_000_000);

  /** Told the queues of each append. */
  public Consumer<Collection<String>> appending = queues -> {};

  /** Told the queue and the entries of each removal. */
  public BiConsumer<String, Collection<Long>> removing = (queue, ids) -> {};

  @Override
  public Level level() {
    return held.level();
  }

  @Override
  public CompletableFuture<Receipt> append(Collection<String> queues, byte[] body) {
    appending.accept(queues);
    return held.append(queues, body);
  }

  @Override
  public CompletableFuture<Level> remove(String queue, Collection<Long> ids) {
    removing.accept(queue, ids);
    return held.remove(queue, ids);
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
