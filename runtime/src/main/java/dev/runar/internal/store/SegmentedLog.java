package dev.runar.internal.store;

import dev.runar.internal.store.LogFiles.LogFile;
import dev.runar.internal.store.LogRecord.Dropped;
import dev.runar.internal.store.LogRecord.Moved;
import dev.runar.internal.store.LogRecord.Unreadable;
import dev.runar.internal.store.RecordForm.Found;
import dev.runar.spi.Store;
import dev.runar.spi.Store.Damage;
import dev.runar.spi.Store.Loss;
import java.io.IOException;
import java.lang.System.Logger;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An append-only log in segments. One thread, but for {@link #index}.
 *
 * <p>A group of records is written and confirmed together, or refused together. After a write or a
 * sync has failed the segment is left for ever, since nobody knows what the disk has of its end
 * (Linux drops the pages that it could not write, and the next sync succeeds): the group is written
 * once more, into a new segment, whose header says from which number on older segments do not
 * count. Only if that fails too is the group refused.
 *
 * <p>Space comes back from the oldest segment: what still waits in it is appended again with its
 * old id, then the segment is dropped. Since removals lie behind what they remove, they go with
 * their segment and need no copy.
 */
final class SegmentedLog {
  private static final Logger LOG = System.getLogger("dev.runar.store");

  /** What one step of compaction copies at most, so that appends do not wait long behind it. */
  private static final int STEP = 512 << 10;

  /** A buffer that a large group has left is not kept. */
  private static final int KEPT_BUFFER = 4 << 20;

  private final LogFiles files;
  private final LogIndex index;
  private final Store.Level level;
  private final int segmentBytes;
  private final Consumer<Damage> finds;
  private final long salt;
  private final Recovery.State recovered;

  private long next;
  private long nextSegment;
  private long begins;
  private long synced;
  private List<LogRecord> first;
  private @Nullable Segment current;
  private boolean isFailing;
  private byte[] buffer = new byte[64 << 10];

  /**
   * Where it is and how it writes.
   *
   * @param level {@code WRITTEN} or {@code SYNCED}
   * @param salt for a new store: a number that nobody can guess
   * @param finds is told of damage that is found after the opening
   */
  record Setup(
      LogFiles files, Store.Level level, int segmentBytes, long salt, Consumer<Damage> finds) {}

  /**
   * Opens a log and reads all of it.
   *
   * @throws IOException when a file cannot be read at all
   */
  SegmentedLog(Setup setup, LogIndex index) throws IOException {
    this.files = setup.files();
    this.index = index;
    this.level = setup.level();
    this.segmentBytes = setup.segmentBytes();
    this.finds = setup.finds();
    this.recovered = Recovery.run(files, index);
    this.salt = recovered.salt().orElse(setup.salt());
    this.next = recovered.next();
    this.nextSegment = recovered.nextSegment();
    this.begins = recovered.begins();
    this.synced = recovered.synced(); // until it is on the disk what was torn
    this.first = List.copyOf(recovered.torn());
  }

  LogIndex index() {
    return index;
  }

  /** What was found when it was opened. */
  Recovery.State recovered() {
    return recovered;
  }

  /**
   * Writes records so that they have the level of this log.
   *
   * @return the number of the first of them
   * @throws IOException none of them is acknowledged; the next group may go well
   */
  long write(List<LogRecord> records) throws IOException {
    try {
      return attemptOrLeave(records);
    } catch (IOException e) {
      try {
        return attemptOrLeave(records);
      } catch (IOException again) {
        again.addSuppressed(e);
        throw again;
      }
    }
  }

  /** Nobody knows what a segment has of a group that was not written to its end, for any reason. */
  private long attemptOrLeave(List<LogRecord> records) throws IOException {
    try {
      return attempt(records);
    } catch (IOException | RuntimeException | Error e) {
      leave(e);
      throw e;
    }
  }

  private long attempt(List<LogRecord> wanted) throws IOException {
    List<LogRecord> records = wanted;
    if (!first.isEmpty()) {
      records = new ArrayList<>(first);
      records.addAll(wanted);
    }
    int size = records.stream().mapToInt(RecordForm::size).sum();
    Segment segment = segmentFor(size);
    var positions = new long[records.size()];
    byte[] bytes = bufferOf(size);
    int at = 0;
    for (int i = 0; i < positions.length; i++) {
      positions[i] = segment.size + at;
      at = segment.form.write(records.get(i), next + i, synced, bytes, at, positions[i]);
    }
    segment.file.write(segment.size, bytes, 0, size);
    if (level == Store.Level.SYNCED) {
      segment.file.force();
    }
    isFailing = false;
    index.grow(segment, segment.size + size);
    long begin = next;
    long number = begin + first.size();
    first = List.of();
    next += positions.length; // before a fault of the index: they are on the disk
    if (level == Store.Level.SYNCED) {
      synced = next - 1;
    }
    for (int i = 0; i < positions.length; i++) {
      long end = i + 1 < positions.length ? positions[i + 1] : segment.size;
      int length = (int) (end - positions[i]);
      index.apply(records.get(i), begin + i, segment, positions[i], length, null);
    }
    return number;
  }

  private byte[] bufferOf(int size) {
    if (buffer.length < size) {
      buffer = new byte[size];
    } else if (buffer.length > KEPT_BUFFER && size < KEPT_BUFFER) {
      buffer = new byte[KEPT_BUFFER];
    }
    return buffer;
  }

  private Segment segmentFor(int size) throws IOException {
    Segment segment = current;
    if (segment != null
        && (segment.size == SegmentHeader.SIZE || segment.size + size <= segmentBytes)) {
      return segment;
    }
    if (segment != null) {
      end(segment);
    }
    return begin();
  }

  /** The end of a segment is on the disk before the next one begins. */
  private void end(Segment segment) {
    current = null;
    if (synced == next - 1) {
      return;
    }
    try {
      segment.file.force();
      synced = next - 1;
    } catch (IOException e) {
      lost(segment, e);
    }
  }

  /** Only a log that acknowledges before it syncs can come here. */
  private void lost(Segment segment, IOException e) {
    String place = files.place() + "/" + segment.name();
    LOG.log(Logger.Level.ERROR, "sync failed, acknowledged entries may be lost file=" + place, e);
    finds.accept(new Damage(Loss.DAMAGED, place, synced + 1, next - 1, Set.of()));
    synced = next - 1; // of what comes now, nothing depends on it
  }

  private Segment begin() throws IOException {
    var header = new SegmentHeader(salt, nextSegment++, next, begins);
    String name = SegmentHeader.fileName(header.number());
    LogFile file = files.create(name);
    var segment = new Segment(header, file, SegmentHeader.SIZE);
    try {
      file.write(0, header.bytes(), 0, SegmentHeader.SIZE);
      if (level != Store.Level.SYNCED) {
        file.force(); // else the first group does
      }
      files.syncFolder();
    } catch (IOException | RuntimeException | Error e) {
      discard(segment);
      throw e;
    }
    index.add(segment);
    current = segment;
    return segment;
  }

  /** Nothing more goes into this segment. */
  private void leave(Throwable why) {
    Segment segment = current;
    current = null;
    LOG.log(
        isFailing ? Logger.Level.DEBUG : Logger.Level.WARNING, // once until it goes well again
        () -> "write failed, a new segment begins folder=" + files.place() + " error=" + why);
    isFailing = true;
    if (segment != null && segment.size == SegmentHeader.SIZE) {
      index.drop(segment);
      discard(segment);
    }
  }

  /** Nothing of it was acknowledged, and the next one takes over, whether it goes or not. */
  private void discard(Segment segment) {
    try (segment.file) {
      files.delete(segment.name());
    } catch (IOException e) {
      LOG.log(Logger.Level.DEBUG, () -> "segment stays file=" + segment.name() + " error=" + e);
    }
  }

  /** Whether files hold much more than what still waits. */
  boolean wantsCompaction() {
    LogIndex.Sizes sizes = index.sizes();
    return sizes.segments() > 1
        && (sizes.fileBytes() > 2 * sizes.liveBytes() + segmentBytes
            || sizes.segments() > 8 + 2 * (sizes.fileBytes() / segmentBytes));
  }

  /**
   * Copies a part of the oldest segment, or drops it when nothing in it waits any more.
   *
   * @return whether there was something to do
   * @throws IOException nothing is lost; it can be tried again
   */
  boolean compact() throws IOException {
    List<Segment> segments = index.segments();
    Segment oldest = segments.getFirst();
    if (oldest == current || segments.size() == 1) {
      return false;
    }
    List<Item> waiting = index.waitingIn(oldest, STEP);
    if (!waiting.isEmpty()) {
      long _ = write(waiting.stream().map(this::copy).toList());
      return true;
    }
    long kept = segments.get(1).first;
    long _ = write(List.of(new Dropped(kept)));
    begins = kept;
    index.drop(oldest);
    files.delete(oldest.name());
    files.syncFolder();
    return true;
  }

  private LogRecord copy(Item item) {
    String place = item.damagedAt;
    if (place == null) {
      byte[] body = body(item.segment, item.position, item.length);
      if (body != null) {
        return new Moved(item.id, List.copyOf(item.queues), body);
      }
      place = item.segment.name() + ":" + item.position;
      found(item.id, place, Set.copyOf(item.queues));
    }
    return new Unreadable(item.id, List.copyOf(item.queues), place);
  }

  /** Somebody found that a body cannot be read. Any thread. */
  void found(long id, String place, Set<String> queues) {
    finds.accept(new Damage(Loss.DAMAGED, files.place() + "/" + place, id, id, queues));
  }

  /** A body as it was written; null when it is not that any more. Any thread. */
  static byte @Nullable [] body(Segment segment, long position, int length) {
    var bytes = new byte[length];
    try {
      int read = segment.file.read(position, bytes, 0, length);
      return segment.form.read(bytes, 0, read, position) instanceof Found.Read found
              && found.isWhole()
          ? found.record().payload()
          : null;
    } catch (IOException e) {
      LOG.log(
          Logger.Level.ERROR, "entry not read file=" + segment.name() + " position=" + position, e);
      return null;
    }
  }

  /** Says that it was closed, if it said anything since it was opened. */
  void close() throws IOException {
    if (current != null || !first.isEmpty()) {
      long _ = write(List.of(new LogRecord.Closed()));
    }
    Segment segment = current;
    if (segment != null) {
      segment.file.force();
    }
    index.segments().forEach(index::drop);
    files.close();
  }
}
