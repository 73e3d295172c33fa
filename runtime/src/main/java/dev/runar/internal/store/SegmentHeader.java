package dev.runar.internal.store;

import dev.runar.spi.StoreException;
import dev.runar.spi.StoreException.Reason;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * The begin of a segment, twice in a row so that one damaged byte does not hide it. Immutable.
 *
 * @param salt of the store, the same in all segments
 * @param number of the segment; each is above those before it
 * @param first the sequence number of its first record; what older segments have from this number
 *     on was never acknowledged and does not count
 * @param begins the lowest sequence number that must be there
 */
record SegmentHeader(long salt, long number, long first, long begins) {
  /** Both copies together, in bytes. */
  static final int SIZE = 128;

  private static final int COPY = SIZE / 2;
  private static final int SUM_AT = COPY - 4;
  private static final long MAGIC = 0x52554e41524c4f47L;
  private static final int VERSION = 1;

  byte[] bytes() {
    var copy = ByteBuffer.allocate(COPY);
    copy.putLong(MAGIC).putInt(VERSION);
    copy.putLong(salt).putLong(number).putLong(first).putLong(begins);
    copy.putInt(SUM_AT, sum(copy.array()));
    return ByteBuffer.allocate(SIZE).put(copy.array()).put(copy.array()).array();
  }

  /**
   * The header at the begin of these bytes; empty: both copies are damaged.
   *
   * @throws StoreException {@code FAILED} when a later version wrote it
   */
  static Optional<SegmentHeader> read(byte[] bytes, int length) {
    return copy(bytes, length, 0).or(() -> copy(bytes, length, COPY));
  }

  private static Optional<SegmentHeader> copy(byte[] bytes, int length, int offset) {
    if (length < offset + COPY) {
      return Optional.empty();
    }
    byte[] copy = Arrays.copyOfRange(bytes, offset, offset + COPY);
    var from = ByteBuffer.wrap(copy);
    if (from.getInt(SUM_AT) != sum(copy) || from.getLong() != MAGIC) {
      return Optional.empty();
    }
    int version = from.getInt();
    if (version != VERSION) {
      throw new StoreException(
          Reason.FAILED,
          "the store was written in form " + version + ", this node reads form " + VERSION);
    }
    return Optional.of(
        new SegmentHeader(from.getLong(), from.getLong(), from.getLong(), from.getLong()));
  }

  private static int sum(byte[] copy) {
    var crc = new CRC32C();
    crc.update(copy, 0, SUM_AT);
    return (int) crc.getValue();
  }

  /** The name of the file of a segment. */
  static String fileName(long number) {
    return String.format("%016x.log", number);
  }

  /** The number of the segment in a file of this name; empty: it is none of ours. */
  static Optional<Long> number(String fileName) {
    return fileName.matches("[0-9a-f]{16}\\.log")
        ? Optional.of(Long.parseUnsignedLong(fileName.substring(0, 16), 16))
        : Optional.empty();
  }
}
