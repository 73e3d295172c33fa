package dev.runar.internal.broker;

import dev.runar.spi.Store;
import dev.runar.spi.StoreException;
import dev.runar.spi.StoreException.Reason;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/** A store whose disk takes what it is given when the test says so, and may lose the rest. */
final class CrashingStore implements Store {
  private final Map<String, TreeMap<Long, byte[]>> queues = new HashMap<>();
  private final Queue<Runnable> pending = new ArrayDeque<>();
  private long lastId;
  Findings findings = new Findings(true, List.of());

  /** What it has found beyond those of {@link #findings}. */
  int unlisted;

  /** From now on it refuses what it is given. */
  boolean isFull;

  /** The disk takes so many of the operations that wait, in their order. */
  void write(int operations) {
    for (int i = 0; i < operations && !pending.isEmpty(); i++) {
      pending.remove().run();
    }
  }

  void writeAll() {
    while (!pending.isEmpty()) {
      pending.remove().run();
    }
  }

  /** What waits is lost, and nobody hears of it. */
  void crash() {
    pending.clear();
  }

  @Override
  public Level level() {
    return Level.SYNCED;
  }

  @Override
  public CompletableFuture<Receipt> append(Collection<String> names, byte[] body) {
    if (isFull) {
      return CompletableFuture.failedFuture(new StoreException(Reason.FULL, "full"));
    }
    var done = new CompletableFuture<Receipt>();
    pending.add(
        () -> {
          long id = ++lastId;
          for (String name : names) {
            queues.computeIfAbsent(name, key -> new TreeMap<>()).put(id, body);
          }
          done.complete(new Receipt(id, level()));
        });
    return done;
  }

  @Override
  public CompletableFuture<Level> remove(String queue, Collection<Long> ids) {
    if (isFull) {
      return CompletableFuture.failedFuture(new StoreException(Reason.OVERLOADED, "full"));
    }
    var done = new CompletableFuture<Level>();
    List<Long> gone = List.copyOf(ids);
    pending.add(
        () -> {
          TreeMap<Long, byte[]> entries = queues.getOrDefault(queue, new TreeMap<>());
          gone.forEach(entries::remove);
          if (entries.isEmpty()) {
            queues.remove(queue);
          }
          done.complete(level());
        });
    return done;
  }

  @Override
  public List<Entry> read(String queue, long after, int limit) {
    return queues.getOrDefault(queue, new TreeMap<>()).tailMap(after, false).entrySet().stream()
        .limit(limit)
        .<Entry>map(entry -> new Entry.Whole(entry.getKey(), entry.getValue()))
        .toList();
  }

  @Override
  public Set<String> queues() {
    return Set.copyOf(queues.keySet());
  }

  @Override
  public Findings findings() {
    return findings;
  }

  @Override
  public Counts counts() {
    long entries = queues.values().stream().mapToLong(Map::size).sum();
    return new Counts(entries, 0, 0, 0, 0, 0, 0, 0, findings.damages().size() + unlisted);
  }

  @Override
  public void close() {
    writeAll();
  }
}
