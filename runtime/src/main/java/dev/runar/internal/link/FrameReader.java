package dev.runar.internal.link;

import dev.runar.RunarException;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * Frames out of a row of bytes that is cut anywhere. What it holds is at most one frame, and of
 * that no more than has come. For one thread at a time.
 */
final class FrameReader {
  private static final int FIRST_CAPACITY = 4_096;

  private final Consumer<Frame> sink;
  private byte[] part = new byte[FIRST_CAPACITY];
  private int have;

  FrameReader(Consumer<Frame> sink) {
    this.sink = sink;
  }

  /**
   * Hands over each frame that is whole now.
   *
   * @throws RunarException {@code PROTOCOL}: the bytes are no row of frames; nothing that follows
   *     can be trusted
   */
  void read(byte[] bytes, int offset, int length) {
    int at = offset;
    int end = offset + length;
    while (at < end) {
      if (have == 0 && end - at >= 4) {
        int size = FrameCodec.size(bytes, at);
        if (size <= end - at) {
          sink.accept(FrameCodec.read(bytes, at, size));
          at += size;
          continue;
        }
      }
      at += fill(bytes, at, end - at);
    }
  }

  /** Whether the row would end within a frame. */
  boolean isPartial() {
    return have > 0;
  }

  /** Takes as much as the frame under way lacks. */
  private int fill(byte[] bytes, int at, int length) {
    int wanted = have < 4 ? 4 : FrameCodec.size(part, 0);
    int count = Math.min(wanted - have, length);
    if (have + count > part.length) {
      part = Arrays.copyOf(part, Math.min(wanted, Math.max(have + count, 2 * part.length)));
    }
    System.arraycopy(bytes, at, part, have, count);
    have += count;
    if (have >= 4 && have == FrameCodec.size(part, 0)) {
      Frame frame = FrameCodec.read(part, 0, have);
      have = 0;
      part = new byte[FIRST_CAPACITY]; // a large frame gives its memory back
      sink.accept(frame);
    }
    return count;
  }
}
