package dev.runar.internal.store;

import dev.runar.internal.store.LogFiles.LogFile;
import dev.runar.internal.store.LogRecord.Append;
import dev.runar.internal.store.LogRecord.Closed;
import dev.runar.internal.store.LogRecord.Dropped;
import dev.runar.internal.store.LogRecord.Moved;
import dev.runar.internal.store.LogRecord.Torn;
import dev.runar.internal.store.RecordForm.Found;
import dev.runar.spi.Store.Damage;
import dev.runar.spi.Store.Loss;
import dev.runar.spi.StoreException;
import dev.runar.spi.StoreException.Reason;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;

/**
 * Reads a log from its first record to its last, once, when it is opened. One thread.
 *
 * <p>Sequence numbers have no gap, so what is not there is noticed whatever took it away. Every
 * record says up to which number the disk had confirmed everything when it was written; so a gap
 * above the highest such number is the unacknowledged end of a log that was cut off, and one below
 * is damage. Behind a gap the scan goes on at the next place where both the sum of a head and its
 * position fit.
 */
final class Recovery {
  private final LogFiles files;
  private final LogIndex index;
  private final Set<String> givenUp;

  private final List<Opened> opened = new ArrayList<>();
  private final List<Gap> gaps = new ArrayList<>();
  private final List<Torn> known = new ArrayList<>();
  private long expected = 1;
  private long synced;
  private long begins;
  private boolean endsClosed;

  /** A file, whose header may be damaged. */
  private static final class Opened {
    final long number;
    final LogFile file;
    final Optional<SegmentHeader> header;

    /** Records that may not be on the disk, in their order. */
    final Queue<Unproven> unproven = new ArrayDeque<>();

    boolean hasRecords;

    Opened(long number, LogFile file, Optional<SegmentHeader> header) {
      this.number = number;
      this.file = file;
      this.header = header;
    }

    String name() {
      return SegmentHeader.fileName(number);
    }

    /** The disk has them. */
    void forgetUpTo(long synced) {
      while (!unproven.isEmpty() && unproven.element().sequence() <= synced) {
        unproven.remove();
      }
    }
  }

  /** A record that no other one says to be on the disk. */
  private record Unproven(long sequence, int position) {}

  /**
   * Numbers that are not there, or whose body is damaged.
   *
   * @param entry whose body it is; 0: nobody knows
   */
  private record Gap(
      Loss loss, String place, long first, long last, Set<String> queues, long entry) {}

  /**
   * What is known after it.
   *
   * @param salt of the store; empty: there was none
   * @param next the next sequence number
   * @param synced records say that all up to this number was on the disk
   * @param nextSegment a segment number that was never used
   * @param begins the lowest sequence number that must be there
   * @param torn what the next open must not take for damage
   */
  record State(
      Optional<Long> salt,
      long next,
      long synced,
      long nextSegment,
      long begins,
      boolean wasClosed,
      List<Damage> damages,
      List<Torn> torn) {}

  private Recovery(LogFiles files, LogIndex index, long begins, Set<String> givenUp) {
    this.files = files;
    this.index = index;
    this.begins = begins;
    this.givenUp = givenUp;
  }

  /**
   * Fills the index with what a log has.
   *
   * @throws IOException when a file cannot be read at all
   */
  static State run(LogFiles files, LogIndex index) throws IOException {
    var first = new Recovery(files, index, 1, Set.of());
    first.scan();
    Set<String> leftovers = first.leftovers();
    if (leftovers.isEmpty()) {
      return first.state();
    }
    index.clear();
    var second = new Recovery(files, index, first.begins, leftovers);
    second.scan();
    return second.state();
  }

  private void scan() throws IOException {
    open();
    long salt = salt().orElse(0L);
    endsClosed = opened.isEmpty();
    for (int i = 0; i < opened.size(); i++) {
      scan(i, salt);
    }
  }

  /**
   * Files that were given up and are still there, since a crash came before they were deleted or
   * before the disk knew. What they have is not to be believed: what removed it may be gone.
   */
  private Set<String> leftovers() {
    var leftovers = new HashSet<String>();
    for (int i = 0; i + 1 < opened.size(); i++) {
      if (firstOfNext(i) <= begins) {
        leftovers.add(SegmentHeader.fileName(opened.get(i).number));
      }
    }
    return leftovers;
  }

  private State state() throws IOException {
    confirm();
    gaps.stream()
        .filter(gap -> isTorn(gap) || isKnown(gap)) // nobody was told that it is there
        .forEach(gap -> index.forgetDamaged(gap.queues(), gap.entry()));
    for (String name : givenUp) {
      files.delete(name);
    }
    if (!opened.isEmpty()) {
      files.syncFolder(); // the last file may not be in it yet
    }
    List<Gap> found = gaps.stream().filter(this::isNews).toList();
    return new State(
        salt(),
        expected,
        synced,
        opened.isEmpty() ? 1 : opened.getLast().number + 1,
        begins,
        endsClosed,
        found.stream().map(this::damage).toList(),
        found.stream()
            .filter(gap -> isTorn(gap) && gap.last() != Long.MAX_VALUE)
            .map(gap -> new Torn(gap.first(), gap.last()))
            .toList());
  }

  private void open() throws IOException {
    List<String> names = files.names().stream().sorted().toList();
    for (String name : names) {
      Optional<Long> number = SegmentHeader.number(name);
      if (number.isPresent() && !givenUp.contains(name)) {
        LogFile file = files.open(name);
        byte[] head = bytes(name, file, SegmentHeader.SIZE);
        Optional<SegmentHeader> header =
            SegmentHeader.read(head, head.length).filter(read -> read.number() == number.get());
        header.ifPresent(read -> begins = Math.max(begins, read.begins()));
        opened.add(new Opened(number.get(), file, header));
      }
    }
  }

  /** The first bytes of a file; of a shorter one, all. */
  private byte[] bytes(String name, LogFile file, long most) throws IOException {
    long size = Math.min(file.size(), most);
    if (size > Integer.MAX_VALUE - 8) {
      throw new IOException(files.place() + "/" + name + " is too large for a segment: " + size);
    }
    var bytes = new byte[(int) size];
    int read = file.read(0, bytes, 0, bytes.length);
    return read == bytes.length ? bytes : Arrays.copyOf(bytes, read);
  }

  private Optional<Long> salt() {
    List<Long> salts =
        opened.stream()
            .flatMap(each -> each.header.stream())
            .map(SegmentHeader::salt)
            .distinct()
            .toList();
    if (salts.size() > 1) {
      throw new StoreException(
          Reason.FAILED,
          files.place() + " has files of two stores; leave those of one of them there");
    }
    return salts.stream().findFirst();
  }

  private void scan(int at, long salt) throws IOException {
    Opened each = opened.get(at);
    expected = at == 0 ? begins : expected;
    SegmentHeader header =
        each.header.orElse(new SegmentHeader(salt, each.number, expected, begins));
    String name = SegmentHeader.fileName(each.number);
    if (header.first() > expected) {
      missing(Loss.MISSING, at == 0 ? files.place() : name + ":0", header.first() - 1);
    }
    byte[] bytes = bytes(name, each.file, Long.MAX_VALUE);
    var segment = new Segment(header, each.file, bytes.length);
    index.add(segment);
    long superseded = firstOfNext(at);
    endsClosed = false;
    long trailing = records(segment, each, bytes, superseded);
    if (superseded == Long.MAX_VALUE) {
      if (trailing >= 0 || (each.header.isEmpty() && !each.hasRecords)) {
        endsClosed = false;
        missing(Loss.DAMAGED, name + ":" + Math.max(0, trailing), Long.MAX_VALUE);
      }
    } else if (at + 1 < opened.size()) {
      long where = trailing >= 0 ? trailing : bytes.length;
      opened
          .get(at + 1)
          .header
          .filter(next -> expected < next.first())
          .ifPresent(next -> missing(Loss.DAMAGED, name + ":" + where, next.first() - 1));
    }
    opened.subList(0, at + 1).forEach(read -> read.forgetUpTo(synced));
  }

  /**
   * Writes again what nothing proves to be on the disk, though it could be read: after a sync that
   * failed, the machine has it in its memory, takes it for written, and would lose it with the
   * power.
   */
  private void confirm() throws IOException {
    for (Opened each : opened) {
      if (each.hasRecords && each.unproven.isEmpty()) {
        continue;
      }
      byte[] bytes = bytes(each.name(), each.file, Long.MAX_VALUE);
      int from = each.hasRecords ? each.unproven.element().position() : bytes.length;
      each.file.write(0, bytes, 0, Math.min(SegmentHeader.SIZE, bytes.length));
      each.file.write(from, bytes, from, bytes.length - from);
      each.file.force();
    }
  }

  /** The numbers from which on a later segment took over. */
  private long firstOfNext(int at) {
    return opened.stream()
        .skip(at + 1L)
        .flatMap(later -> later.header.stream())
        .mapToLong(SegmentHeader::first)
        .min()
        .orElse(Long.MAX_VALUE);
  }

  /** Numbers from the expected one to {@code last} are not there. */
  private void missing(Loss loss, String place, long last) {
    gaps.add(new Gap(loss, place, expected, last, Set.of(), 0));
    if (last != Long.MAX_VALUE) {
      expected = last + 1;
    }
  }

  /** Applies records; answers where no record was found up to the end, or -1. */
  private long records(Segment segment, Opened file, byte[] bytes, long superseded) {
    int position = SegmentHeader.SIZE;
    int unreadable = -1;
    while (position < bytes.length) {
      switch (segment.form.read(bytes, position, bytes.length, position)) {
        case Found.Nothing _ -> {
          unreadable = unreadable < 0 ? position : unreadable;
          position++;
        }
        case Found.Read read -> {
          if (read.sequence() >= superseded) {
            return -1;
          }
          if (read.sequence() >= expected) {
            comes(segment, read, unreadable < 0 ? position : unreadable);
            file.hasRecords = true;
            file.unproven.add(new Unproven(read.sequence(), position));
            file.forgetUpTo(synced);
            apply(read, segment, position);
          }
          unreadable = -1;
          position += read.length();
        }
      }
    }
    return unreadable;
  }

  private void comes(Segment segment, Found.Read read, int place) {
    if (read.sequence() > expected) {
      missing(Loss.DAMAGED, segment.name() + ":" + place, read.sequence() - 1);
    }
    expected = read.sequence() + 1;
    synced = Math.max(synced, read.synced());
  }

  private void apply(Found.Read read, Segment segment, int position) {
    endsClosed = read.record() instanceof Closed;
    switch (read.record()) {
      case Dropped dropped -> begins = Math.max(begins, dropped.begins());
      case Torn torn -> known.add(torn);
      default -> {
        String damagedAt = read.isWhole() ? null : damaged(read, segment, position);
        index.apply(read.record(), read.sequence(), segment, position, read.length(), damagedAt);
      }
    }
  }

  private String damaged(Found.Read read, Segment segment, int position) {
    String place = segment.name() + ":" + position;
    long sequence = read.sequence();
    List<String> queues =
        switch (read.record()) {
          case Append append -> append.queues();
          case Moved moved -> moved.queues();
          default -> List.of();
        };
    long entry = read.record() instanceof Moved moved ? moved.id() : sequence;
    gaps.add(new Gap(Loss.DAMAGED, place, sequence, sequence, Set.copyOf(queues), entry));
    return place;
  }

  /** Something is known of it only when all of the log was read. */
  private boolean isNews(Gap gap) {
    return gap.last() >= begins && !isKnown(gap);
  }

  private boolean isKnown(Gap gap) {
    return known.stream()
        .anyMatch(torn -> torn.first() <= gap.first() && gap.last() <= torn.last());
  }

  private boolean isTorn(Gap gap) {
    return gap.loss() == Loss.DAMAGED && gap.first() > synced;
  }

  private Damage damage(Gap gap) {
    Loss loss = isTorn(gap) ? Loss.TORN : gap.loss();
    return new Damage(
        loss, files.place() + "/" + gap.place(), gap.first(), gap.last(), gap.queues());
  }
}
