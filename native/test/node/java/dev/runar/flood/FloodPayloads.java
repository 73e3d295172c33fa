package dev.runar.flood;

import dev.runar.Payload;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** The payload of each event: of four kinds, made of its producer and number. Stateless. */
final class FloodPayloads {
  private static final int KINDS = 4;
  private static final int LENGTHS = 50;
  private static final int HEAD = 8;

  private FloodPayloads() {}

  /** The same as {@code expected} in programs/payloads.mjs. */
  static Payload of(int producer, int number) {
    return switch (number % KINDS) {
      case 0 ->
          Payload.object("p", producer, "n", number, "text", "é😀\0" + producer + ":" + number);
      case 1 -> Payload.of(List.of(producer, number, true, number + 0.5));
      case 2 ->
          Payload.of(
              producer + ":" + number + ":é😀\0" + "x".repeat((producer + number) % LENGTHS));
      default -> Payload.bytes(bytes(producer, number));
    };
  }

  private static byte[] bytes(int producer, int number) {
    ByteBuffer bytes = ByteBuffer.allocate(HEAD + number % LENGTHS).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putInt(producer).putInt(number);
    for (int i = HEAD; i < bytes.capacity(); i++) {
      bytes.put((byte) (producer + number + i));
    }
    return bytes.array();
  }
}
