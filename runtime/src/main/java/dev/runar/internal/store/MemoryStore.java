package dev.runar.internal.store;

import dev.runar.spi.Store;
import dev.runar.spi.StoreException;
import dev.runar.spi.StoreException.Reason;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/** Keeps entries as long as the process lives. Any thread; its futures have ended already. */
public final class MemoryStore implements Store {
  private static final int ENTRY_BYTES = 64;

  private final StoreBounds bounds;

  // Guarded by this.
  private final Map<String, TreeMap<Long, Held>> queues = new HashMap<>();
  private long lastId;
  private long entries;
  private long bytes;
  private long appended;
  private long removed;
  private long refused;
  private boolean isClosed;

  private static final class Held {
    private final byte[] body;
    private int queues;

    Held(byte[] body, int queues) {
      this.body = body;
      this.queues = queues;
    }
  }

  MemoryStore(StoreBounds bounds) {
    this.bounds = bounds;
  }

  /** A store that holds so many bytes and entries at most. */
  public static MemoryStore bounded(long bytes, long entries) {
    return new MemoryStore(new StoreBounds(bytes, entries, StoreBounds.DEFAULT.waitingBytes()));
  }

  @Override
  public Level level() {
    return Level.MEMORY;
  }

  @Override
  public synchronized CompletableFuture<Receipt> append(Collection<String> names, byte[] body) {
    List<String> into = Checks.queues(names);
    int size = ENTRY_BYTES + Checks.body(body).length;
    try {
      checkOpen();
      bounds.checkRoom(bytes + size, entries + 1);
    } catch (StoreException e) {
      refused++;
      return CompletableFuture.failedFuture(e);
    }
    long id = ++lastId;
    var held = new Held(body, into.size());
    into.forEach(name -> queues.computeIfAbsent(name, first -> new TreeMap<>()).put(id, held));
    entries++;
    appended++;
    bytes += size;
    return CompletableFuture.completedFuture(new Receipt(id, Level.MEMORY));
  }

  @Override
  public synchronized CompletableFuture<Level> remove(String queue, Collection<Long> ids) {
    List<Long> gone = List.copyOf(ids);
    if (isClosed) {
      return CompletableFuture.failedFuture(closed());
    }
    TreeMap<Long, Held> waiting = queues.get(queue);
    if (waiting != null) {
      gone.forEach(id -> remove(waiting, id));
      if (waiting.isEmpty()) {
        queues.remove(queue);
      }
    }
    return CompletableFuture.completedFuture(Level.MEMORY);
  }

  private void remove(Map<Long, Held> waiting, long id) {
    Held held = waiting.remove(id);
    if (held == null) {
      return;
    }
    removed++;
    held.queues--;
    if (held.queues == 0) {
      entries--;
      bytes -= ENTRY_BYTES + held.body.length;
    }
  }

  @Override
  public synchronized List<Entry> read(String queue, long after, int limit) {
    checkOpen();
    TreeMap<Long, Held> waiting = queues.get(queue);
    var read = new ArrayList<Entry>();
    if (waiting != null) {
      waiting.tailMap(after, false).entrySet().stream()
          .limit(limit)
          .forEach(each -> read.add(new Entry.Whole(each.getKey(), each.getValue().body)));
    }
    return read;
  }

  @Override
  public synchronized Set<String> queues() {
    return Set.copyOf(queues.keySet());
  }

  @Override
  public Findings findings() {
    return new Findings(true, List.of());
  }

  @Override
  public synchronized Counts counts() {
    return new Counts(entries, bytes, 0, appended, removed, refused, 0, appended, 0);
  }

  @Override
  public synchronized void close() {
    isClosed = true;
  }

  private void checkOpen() {
    if (isClosed) {
      throw closed();
    }
  }

  private static StoreException closed() {
    return new StoreException(Reason.CLOSED, "the store is closed");
  }
}
