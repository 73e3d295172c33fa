package dev.runar.internal.protocol.topic;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The binary messages of {@code /topics?bytes=framed}. Stateless; any thread.
 *
 * <p>A message begins with one byte, its version in the upper four bits (0) and its kind in the
 * lower four. Behind it stand whole numbers as in LEB128 and Protobuf (seven bits a byte, the low
 * ones first, the highest bit set while more follow), then the packet, byte for byte:
 *
 * <pre>
 * an event, from the node:      0x01  number of the topic  offset  packet
 * a publish, from the client:   0x02  number of the topic          packet
 * </pre>
 */
public final class BytesFrame {
  private static final int EVENT = 0x01;
  private static final int PUBLISH = 0x02;

  /** What a number of 63 bits may take. */
  private static final int MAX_VARINT = 9;

  /**
   * A publish of a client.
   *
   * @param number of the topic, as the client was told it
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Publish(long number, byte[] packet) {}

  private BytesFrame() {}

  /** What every event of a channel begins with. */
  public static byte[] head(long number) {
    byte[] head = new byte[1 + size(number)];
    head[0] = EVENT;
    int _ = put(head, 1, number);
    return head;
  }

  /** An event. */
  public static byte[] event(byte[] head, long offset, byte[] packet) {
    byte[] frame = new byte[head.length + size(offset) + packet.length];
    System.arraycopy(head, 0, frame, 0, head.length);
    int at = put(frame, head.length, offset);
    System.arraycopy(packet, 0, frame, at, packet.length);
    return frame;
  }

  /** Reads what a client sent; null when it is no publish. The packet is a copy. */
  public static @Nullable Publish publish(byte[] bytes, int from, int length) {
    int end = from + length;
    if (length < 2 || bytes[from] != PUBLISH) {
      return null;
    }
    long number = 0;
    for (int i = 0; i < MAX_VARINT && from + 1 + i < end; i++) {
      byte next = bytes[from + 1 + i];
      number |= (next & 0x7fL) << (7 * i);
      if (next >= 0) {
        return new Publish(number, Arrays.copyOfRange(bytes, from + 2 + i, end));
      }
    }
    return null;
  }

  private static int size(long number) {
    return Math.max(1, (70 - Long.numberOfLeadingZeros(number)) / 7);
  }

  private static int put(byte[] into, int from, long number) {
    int at = from;
    long rest = number;
    while (rest > 0x7f) {
      into[at++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    into[at++] = (byte) rest;
    return at;
  }
}
