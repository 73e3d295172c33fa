package dev.runar.internal.store;

import dev.runar.internal.store.LogIndex.Place;
import dev.runar.internal.store.LogIndex.Sizes;
import dev.runar.internal.store.LogRecord.Append;
import dev.runar.internal.store.LogRecord.Remove;
import dev.runar.spi.Store;
import dev.runar.spi.StoreException;
import dev.runar.spi.StoreException.Reason;
import java.io.IOException;
import java.lang.System.Logger;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongFunction;

/**
 * Keeps entries in a log on the disk. Any thread.
 *
 * <p>A thread of its own writes and syncs what came together while it wrote what came before, so
 * that one sync acknowledges many operations: the more wait, the more each sync is worth. Nobody
 * else waits for the disk. Futures end on that thread.
 */
public final class LogStore implements Store {
  private static final Logger LOG = System.getLogger("dev.runar.store");

  private static final int SEGMENT_BYTES = 16 << 20;

  /** What is written at once; the rest waits for the next sync. */
  private static final int GROUP_BYTES = 4 << 20;

  private static final int STEPS_AT_OPEN = 64;

  /** What one record removes at most. */
  private static final int MAX_IDS = 50_000;

  private final Level level;
  private final StoreBounds bounds;
  private final LogIndex index = new LogIndex();
  private final Losses losses = new Losses();
  private final SegmentedLog log;
  private final Thread thread;

  private final LongAdder appended = new LongAdder();
  private final LongAdder refused = new LongAdder();
  private final LongAdder failed = new LongAdder();
  private final LongAdder syncs = new LongAdder();

  // Guarded by waiting.
  private final Queue<Operation<?>> waiting = new ArrayDeque<>();
  private long waitingBytes;
  private long waitingAppends;
  private boolean isClosed;
  private boolean isIdle;

  /** Something to write, and who waits for it. */
  private record Operation<T>(
      LogRecord record, int size, CompletableFuture<T> future, LongFunction<T> answer) {
    void done(long number) {
      future.complete(answer.apply(number));
    }
  }

  /**
   * How much it holds and how it writes.
   *
   * @param level {@code WRITTEN} or {@code SYNCED}
   */
  record Options(Level level, StoreBounds bounds, int segmentBytes) {
    Options {
      if (level != Level.WRITTEN && level != Level.SYNCED) {
        throw new IllegalArgumentException("a log reaches WRITTEN or SYNCED, not " + level);
      }
    }
  }

  LogStore(LogFiles files, Options options) {
    level = options.level();
    bounds = options.bounds();
    var setup =
        new SegmentedLog.Setup(
            files, level, options.segmentBytes(), new SecureRandom().nextLong(), losses::add);
    try {
      log = new SegmentedLog(setup, index);
    } catch (IOException e) {
      throw new StoreException(
          Reason.FAILED, "the store in " + files.place() + " cannot be read: " + e, e);
    }
    log.recovered().damages().forEach(losses::add);
    for (int i = 0; i < STEPS_AT_OPEN && compact(); i++) {
      // so that a node that is started again and again does not gather files
    }
    thread = Thread.ofPlatform().name("runar-store").daemon(true).start(this::run);
  }

  /**
   * Opens the store in a folder, which is made if it is not there, and reads all of it.
   *
   * @param level {@code WRITTEN} or {@code SYNCED}
   * @param bytes of entries that it holds at most
   * @param entries that it holds at most
   * @throws StoreException {@code FAILED} when the folder cannot be used or another node has it
   */
  public static LogStore open(Path folder, Level level, long bytes, long entries) {
    var limits = new StoreBounds(bytes, entries, StoreBounds.DEFAULT.waitingBytes());
    return open(folder, new Options(level, limits, SEGMENT_BYTES));
  }

  static LogStore open(Path folder, Options options) {
    FolderFiles files = FolderFiles.take(folder);
    try {
      return new LogStore(files, options);
    } catch (RuntimeException e) {
      files.release();
      throw e;
    }
  }

  @Override
  public Level level() {
    return level;
  }

  @Override
  public CompletableFuture<Receipt> append(Collection<String> queues, byte[] body) {
    var record = new Append(Checks.queues(queues), Checks.body(body));
    return offer(record, 1, number -> new Receipt(number, level));
  }

  @Override
  public CompletableFuture<Level> remove(String queue, Collection<Long> ids) {
    List<Long> gone = List.copyOf(ids);
    if (gone.isEmpty()) {
      return CompletableFuture.completedFuture(level);
    }
    var removals = new ArrayList<CompletableFuture<Level>>();
    for (int i = 0; i < gone.size(); i += MAX_IDS) {
      List<Long> some = gone.subList(i, Math.min(gone.size(), i + MAX_IDS));
      removals.add(offer(new Remove(queue, some), 0, number -> level));
    }
    return removals.size() == 1
        ? removals.getFirst()
        : CompletableFuture.allOf(removals.toArray(CompletableFuture[]::new))
            .thenApply(done -> level);
  }

  private <T> CompletableFuture<T> offer(LogRecord record, int appends, LongFunction<T> answer) {
    var operation =
        new Operation<>(record, RecordForm.size(record), new CompletableFuture<T>(), answer);
    Sizes sizes = index.sizes();
    synchronized (waiting) {
      try {
        check(operation, appends, sizes);
      } catch (StoreException e) {
        refused.increment();
        return CompletableFuture.failedFuture(e);
      }
      waiting.add(operation);
      waitingBytes += operation.size();
      waitingAppends += appends;
      if (isIdle) {
        waiting.notifyAll();
      }
    }
    return operation.future();
  }

  private void check(Operation<?> operation, int appends, Sizes sizes) {
    if (isClosed) {
      throw new StoreException(Reason.CLOSED, "the store is closed");
    }
    if (appends == 0) {
      bounds.checkWaitingRemovals(waitingBytes + operation.size());
    } else {
      bounds.checkWaiting(waitingBytes + operation.size());
      bounds.checkRoom(
          sizes.liveBytes() + waitingBytes + operation.size(),
          sizes.entries() + waitingAppends + appends);
    }
  }

  private void run() {
    boolean isCompacting = false;
    List<Operation<?>> group = take(isCompacting);
    while (!group.isEmpty() || isCompacting) {
      if (!group.isEmpty()) {
        commit(group);
      }
      isCompacting = compact();
      group = take(isCompacting);
    }
    end();
  }

  /** The next operations, at least one unless nobody is to wait; empty also at the end. */
  private List<Operation<?>> take(boolean isCompacting) {
    var group = new ArrayList<Operation<?>>();
    synchronized (waiting) {
      while (waiting.isEmpty() && !isClosed && !isCompacting) {
        isIdle = true;
        try {
          waiting.wait();
        } catch (InterruptedException e) {
          LOG.log(Logger.Level.DEBUG, "store thread interrupted, goes on");
        }
      }
      isIdle = false;
      long size = 0;
      while (!waiting.isEmpty() && (group.isEmpty() || size < GROUP_BYTES)) {
        Operation<?> operation = waiting.remove();
        size += operation.size();
        group.add(operation);
      }
    }
    return group;
  }

  private void commit(List<Operation<?>> group) {
    long number;
    try {
      number = log.write(group.stream().map(Operation::record).toList());
    } catch (IOException e) {
      refuse(group, e);
      return;
    } catch (RuntimeException | Error e) { // a fault of the node: whoever waits must hear of it
      LOG.log(Logger.Level.ERROR, "store failed", e);
      refuse(group, e);
      return;
    }
    appended.add(settled(group));
    syncs.increment();
    for (int i = 0; i < group.size(); i++) {
      group.get(i).done(number + i);
    }
  }

  /** They do not wait any longer. */
  private int settled(List<Operation<?>> group) {
    int appends = 0;
    long size = 0;
    for (Operation<?> operation : group) {
      appends += operation.record() instanceof Append ? 1 : 0;
      size += operation.size();
    }
    synchronized (waiting) {
      waitingBytes -= size;
      waitingAppends -= appends;
    }
    return appends;
  }

  private void refuse(List<Operation<?>> group, Throwable why) {
    int _ = settled(group);
    failed.add(group.size());
    var error =
        new StoreException(
            Reason.FAILED,
            "the disk of the store did not take it: " + why.getMessage() + "; try again later",
            why);
    group.forEach(operation -> operation.future().completeExceptionally(error));
  }

  /** Whether it goes on. */
  private boolean compact() {
    synchronized (waiting) {
      if (isClosed) {
        return false;
      }
    }
    if (!log.wantsCompaction()) {
      return false;
    }
    try {
      return log.compact() && log.wantsCompaction();
    } catch (IOException e) {
      LOG.log(Logger.Level.WARNING, () -> "compaction put off error=" + e);
      return false; // until the next group
    } catch (RuntimeException | Error e) { // a fault of the node: what waits must go on
      LOG.log(Logger.Level.ERROR, "compaction failed", e);
      return false;
    }
  }

  private void end() {
    try {
      log.close();
    } catch (IOException | RuntimeException | Error e) {
      LOG.log(Logger.Level.WARNING, "the store did not close cleanly", e);
    }
  }

  @Override
  public List<Entry> read(String queue, long after, int limit) {
    synchronized (waiting) {
      if (isClosed) {
        throw new StoreException(Reason.CLOSED, "the store is closed");
      }
    }
    List<Place> places = index.retain(queue, after, limit);
    try {
      return places.stream().map(place -> read(queue, place)).toList();
    } finally {
      index.release(places);
    }
  }

  private Entry read(String queue, Place place) {
    if (place.damagedAt() != null) {
      return new Entry.Damaged(place.id(), place.damagedAt());
    }
    byte[] body = SegmentedLog.body(place.segment(), place.position(), place.length());
    if (body != null) {
      return new Entry.Whole(place.id(), body);
    }
    String where = place.segment().name() + ":" + place.position();
    index.damaged(queue, place, where);
    log.found(place.id(), where, Set.of(queue));
    return new Entry.Damaged(place.id(), where);
  }

  @Override
  public Set<String> queues() {
    return index.names();
  }

  @Override
  public Findings findings() {
    return new Findings(log.recovered().wasClosed(), losses.first());
  }

  @Override
  public Counts counts() {
    Sizes sizes = index.sizes();
    long waits;
    synchronized (waiting) {
      waits = waitingBytes;
    }
    return new Counts(
        sizes.entries(),
        sizes.liveBytes(),
        waits,
        appended.sum(),
        sizes.removed(),
        refused.sum(),
        failed.sum(),
        syncs.sum(),
        losses.count());
  }

  @Override
  public void close() {
    synchronized (waiting) {
      isClosed = true;
      waiting.notifyAll();
    }
    if (Thread.currentThread().equals(thread)) {
      return; // a future's dependent closes: the thread ends when it is back
    }
    boolean isInterrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        isInterrupted = true;
      }
    }
    if (isInterrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
