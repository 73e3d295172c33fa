package dev.runar.internal.broker.offline;

import dev.runar.internal.store.MemoryStore;
import dev.runar.spi.Store;
import java.util.List;
import java.util.Set;

/** A store in memory of which a test says when and whether it changes. */
abstract class StoreOverMemory implements Store {
  final MemoryStore held = MemoryStore.bounded(1L << 30, 1_000_000);

  @Override
  public final Level level() {
    return held.level();
  }

  @Override
  public final List<Entry> read(String queue, long after, int limit) {
    return held.read(queue, after, limit);
  }

  @Override
  public final Set<String> queues() {
    return held.queues();
  }

  @Override
  public final Findings findings() {
    return held.findings();
  }

  @Override
  public final Counts counts() {
    return held.counts();
  }

  @Override
  public void close() {
    held.close();
  }
}
