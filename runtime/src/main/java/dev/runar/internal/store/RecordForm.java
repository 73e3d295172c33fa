package dev.runar.internal.store;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * How records lie in a segment, big-endian. Any thread.
 *
 * <pre>
 *  0 magic          4
 *  4 length of meta 4
 *  8 length of body 4
 * 12 sequence       8  one more than the record before
 * 20 synced         8  all up to this number was on the disk when this was written
 * 28 kind           1
 * 29 meta
 *    CRC32C         4  over the salt, the segment, the position and all of the above
 *    body
 *    CRC32C         4  over the sum above and the body
 * </pre>
 *
 * <p>The sums know the place of the record, and the salt of the store, which no client knows: a
 * copy of a record within the body of another one is not taken for a record when the bytes before
 * it are damaged. A damaged body leaves the head readable, which says whose it was.
 *
 * @param salt of the store
 * @param segment the number of the segment
 */
record RecordForm(long salt, long segment) {
  static final int HEAD = 29;

  /** Bytes of a record beside its meta and its body. */
  static final int FRAME = HEAD + 4 + 4;

  /** The longest meta and body that are believed. */
  static final int MAX_META = 1 << 20;

  static final int MAX_BODY = 256 << 20;

  private static final byte[] EMPTY = {};
  private static final int MAGIC = 0x7e52_4c67;

  /** What is at a position. */
  sealed interface Found {
    /**
     * A record.
     *
     * @param length bytes to the next one
     * @param isWhole whether its body is what it was
     */
    record Read(LogRecord record, long sequence, long synced, int length, boolean isWhole)
        implements Found {}

    /** No record. */
    record Nothing() implements Found {}
  }

  private static final Found NOTHING = new Found.Nothing();

  /** The bytes that a record takes. */
  static int size(LogRecord record) {
    return FRAME + meta(record).length + record.payload().length;
  }

  /**
   * Writes a record at an offset of {@code bytes}, which is at {@code position} of the segment.
   *
   * @return the offset behind it
   */
  int write(LogRecord record, long sequence, long synced, byte[] bytes, int offset, long position) {
    byte[] meta = meta(record);
    byte[] body = record.payload();
    var into = ByteBuffer.wrap(bytes, offset, FRAME + meta.length + body.length);
    into.putInt(MAGIC).putInt(meta.length).putInt(body.length).putLong(sequence).putLong(synced);
    into.put(kind(record)).put(meta);
    int sum = headSum(bytes, offset, HEAD + meta.length, position);
    into.putInt(sum).put(body).putInt(bodySum(sum, body, 0, body.length));
    return into.position();
  }

  /**
   * Reads what is at an offset of {@code bytes}, which is at {@code position} of the segment. Does
   * not copy more than the record.
   */
  Found read(byte[] bytes, int offset, int end, long position) {
    if (end - offset < FRAME) {
      return NOTHING;
    }
    ByteBuffer from = ByteBuffer.wrap(bytes, offset, end - offset);
    int magic = from.getInt();
    int metaLength = from.getInt();
    int bodyLength = from.getInt();
    if (magic != MAGIC
        || metaLength < 0
        || metaLength > Math.min(MAX_META, end - offset - FRAME)
        || bodyLength < 0
        || bodyLength > MAX_BODY) {
      return NOTHING;
    }
    long sequence = from.getLong();
    long synced = from.getLong();
    byte kind = from.get();
    int sum = headSum(bytes, offset, HEAD + metaLength, position);
    from.position(offset + HEAD + metaLength);
    if (sum != from.getInt()) {
      return NOTHING;
    }
    int length = FRAME + metaLength + bodyLength;
    int bodyAt = offset + HEAD + metaLength + 4;
    boolean isBodyGood =
        bodyLength == 0 // then the head says all
            || (length <= end - offset
                && ByteBuffer.wrap(bytes).getInt(bodyAt + bodyLength)
                    == bodySum(sum, bytes, bodyAt, bodyLength));
    byte[] body = isBodyGood && bodyLength > 0 ? copy(bytes, bodyAt, bodyLength) : EMPTY;
    LogRecord record = parse(kind, ByteBuffer.wrap(bytes, offset + HEAD, metaLength), body);
    if (record == null) {
      return NOTHING;
    }
    return new Found.Read(record, sequence, synced, length, isBodyGood);
  }

  private static byte[] copy(byte[] bytes, int offset, int length) {
    var copy = new byte[length];
    System.arraycopy(bytes, offset, copy, 0, length);
    return copy;
  }

  private int headSum(byte[] bytes, int offset, int length, long position) {
    var crc = new CRC32C();
    crc.update(ByteBuffer.allocate(24).putLong(salt).putLong(segment).putLong(position).flip());
    crc.update(bytes, offset, length);
    return (int) crc.getValue();
  }

  private int bodySum(int headSum, byte[] bytes, int offset, int length) {
    var crc = new CRC32C();
    crc.update(ByteBuffer.allocate(12).putLong(salt).putInt(headSum).flip());
    crc.update(bytes, offset, length);
    return (int) crc.getValue();
  }

  private static byte kind(LogRecord record) {
    return switch (record) {
      case LogRecord.Append _ -> 1;
      case LogRecord.Remove _ -> 2;
      case LogRecord.Moved _ -> 3;
      case LogRecord.Unreadable _ -> 4;
      case LogRecord.Dropped _ -> 5;
      case LogRecord.Torn _ -> 6;
      case LogRecord.Closed _ -> 7;
    };
  }

  private static byte[] meta(LogRecord record) {
    return switch (record) {
      case LogRecord.Append append -> texts(0, append.queues());
      case LogRecord.Moved moved -> texts(moved.id(), moved.queues());
      case LogRecord.Unreadable lost -> {
        var names = new ArrayList<String>(lost.queues());
        names.add(lost.place());
        yield texts(lost.id(), names);
      }
      case LogRecord.Remove remove -> {
        byte[] name = remove.queue().getBytes(StandardCharsets.UTF_8);
        var meta = ByteBuffer.allocate(4 + name.length + 8 * remove.ids().size());
        meta.putInt(name.length).put(name);
        remove.ids().forEach(meta::putLong);
        yield meta.array();
      }
      case LogRecord.Dropped dropped -> longs(dropped.begins());
      case LogRecord.Torn torn -> longs(torn.first(), torn.last());
      case LogRecord.Closed _ -> EMPTY;
    };
  }

  private static byte[] longs(long... numbers) {
    var meta = ByteBuffer.allocate(8 * numbers.length);
    for (long number : numbers) {
      meta.putLong(number);
    }
    return meta.array();
  }

  private static byte[] texts(long id, List<String> texts) {
    var encoded = new ArrayList<byte[]>(texts.size());
    int size = 8;
    for (String text : texts) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      encoded.add(bytes);
      size += 4 + bytes.length;
    }
    var meta = ByteBuffer.allocate(size).putLong(id);
    encoded.forEach(bytes -> meta.putInt(bytes.length).put(bytes));
    return meta.array();
  }

  private static @Nullable LogRecord parse(byte kind, ByteBuffer meta, byte[] body) {
    return switch (kind) {
      case 1 -> {
        long _ = meta.getLong();
        yield new LogRecord.Append(texts(meta), body);
      }
      case 2 -> new LogRecord.Remove(text(meta), longs(meta));
      case 3 -> new LogRecord.Moved(meta.getLong(), texts(meta), body);
      case 4 -> {
        long id = meta.getLong();
        List<String> names = texts(meta);
        int last = names.size() - 1;
        yield new LogRecord.Unreadable(id, names.subList(0, last), names.get(last));
      }
      case 5 -> new LogRecord.Dropped(meta.getLong());
      case 6 -> new LogRecord.Torn(meta.getLong(), meta.getLong());
      case 7 -> new LogRecord.Closed();
      default -> null; // of a later version
    };
  }

  private static String text(ByteBuffer from) {
    var bytes = new byte[from.getInt()];
    from.get(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static List<String> texts(ByteBuffer from) {
    var texts = new ArrayList<String>();
    while (from.hasRemaining()) {
      texts.add(text(from));
    }
    return List.copyOf(texts);
  }

  private static List<Long> longs(ByteBuffer from) {
    var longs = new ArrayList<Long>();
    while (from.hasRemaining()) {
      longs.add(from.getLong());
    }
    return List.copyOf(longs);
  }
}
