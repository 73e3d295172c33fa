package dev.runar.internal.link;

import dev.runar.Payload;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Frames as bytes. Stateless; any thread. */
final class FrameCodec {
  /** What lies before the head, with the length field. */
  static final int HEADER = 28;

  /** The largest frame, with its length field. */
  static final int MAX_FRAME = 64 << 20;

  static final int MAX_HEAD = 1 << 20;

  /** JavaScript has no larger numbers. */
  private static final long MAX_ID = (1L << 53) - 1;

  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);

  private FrameCodec() {}

  /**
   * Looks whether a frame can go at all.
   *
   * @throws RunarException {@code TOO_LARGE}
   */
  static int checkedSize(Frame frame) {
    long head = frame.head() == null ? 0 : frame.head().encoded().length;
    long payload = frame.payload() == null ? 0 : frame.payload().encoded().length;
    long size = HEADER + head + payload;
    if (size > MAX_FRAME || head > MAX_HEAD) {
      throw new RunarException(
          Code.TOO_LARGE,
          "a message between the node and JavaScript has "
              + size
              + " bytes; it may have "
              + MAX_FRAME
              + ", "
              + MAX_HEAD
              + " of them besides its payload");
    }
    return (int) size;
  }

  /** Writes a frame, for which there is room; returns where it ends. */
  static int write(Frame frame, byte[] into, int at) {
    byte[] head = frame.head() == null ? null : frame.head().encoded();
    byte[] payload = frame.payload() == null ? null : frame.payload().encoded();
    int headLength = head == null ? 0 : head.length;
    int end = at + HEADER + headLength + (payload == null ? 0 : payload.length);
    INT.set(into, at, end - at - 4);
    into[at + 4] = (byte) frame.kind().number();
    into[at + 5] = (byte) number(frame.payload());
    SHORT.set(into, at + 6, (short) frame.flags());
    INT.set(into, at + 8, frame.target());
    INT.set(into, at + 12, frame.remainingMs());
    LONG.set(into, at + 16, frame.id());
    INT.set(into, at + 24, headLength);
    if (head != null) {
      System.arraycopy(head, 0, into, at + HEADER, headLength);
    }
    if (payload != null) {
      System.arraycopy(payload, 0, into, at + HEADER + headLength, payload.length);
    }
    return end;
  }

  /** One frame by itself. */
  static byte[] encode(Frame frame) {
    var bytes = new byte[checkedSize(frame)];
    write(frame, bytes, 0);
    return bytes;
  }

  /**
   * The size of a frame, with its length field, from what that says.
   *
   * @throws RunarException {@code PROTOCOL}: no frame has such a length
   */
  static int size(byte[] bytes, int at) {
    long size = Integer.toUnsignedLong((int) INT.get(bytes, at)) + 4;
    if (size < HEADER || size > MAX_FRAME) {
      throw new RunarException(
          Code.PROTOCOL, "a frame has " + size + " bytes; it has " + HEADER + " to " + MAX_FRAME);
    }
    return (int) size;
  }

  /** What a frame says, from its first bytes. */
  static FrameKind kind(byte[] bytes, int at) {
    return FrameKind.of(bytes[at + 4] & 0xff);
  }

  /**
   * Reads a frame that is all there. The bytes are copied.
   *
   * @throws RunarException {@code PROTOCOL}: it is none
   */
  static Frame read(byte[] bytes, int at, int size) {
    long headLength = Integer.toUnsignedLong((int) INT.get(bytes, at + 24));
    if (headLength > MAX_HEAD || headLength > size - HEADER) {
      throw new RunarException(
          Code.PROTOCOL, "the head of a frame has " + headLength + " bytes, the frame " + size);
    }
    long id = (long) LONG.get(bytes, at + 16);
    if (id < 0 || id > MAX_ID) {
      throw new RunarException(Code.PROTOCOL, "the id of a frame has more than 53 bits");
    }
    int body = at + HEADER + (int) headLength;
    return new Frame(
        kind(bytes, at),
        (short) SHORT.get(bytes, at + 6) & 0xffff,
        (int) INT.get(bytes, at + 8),
        (int) INT.get(bytes, at + 12),
        id,
        headLength == 0
            ? null
            : Payload.encoded(Payload.Kind.JSON, Arrays.copyOfRange(bytes, at + HEADER, body)),
        payload(bytes[at + 5] & 0xff, bytes, body, at + size));
  }

  private static @Nullable Payload payload(int number, byte[] bytes, int from, int to) {
    Payload.Kind kind =
        switch (number) {
          case 0 -> null;
          case 1 -> Payload.Kind.JSON;
          case 2 -> Payload.Kind.RICH;
          case 3 -> Payload.Kind.BYTES;
          default ->
              throw new RunarException(
                  Code.PROTOCOL, "the payload of a frame is of kind " + number);
        };
    return kind == null ? null : Payload.encoded(kind, Arrays.copyOfRange(bytes, from, to));
  }

  private static int number(@Nullable Payload payload) {
    if (payload == null) {
      return 0;
    }
    return switch (payload.kind()) {
      case JSON -> 1;
      case RICH -> 2;
      case BYTES -> 3;
    };
  }
}
