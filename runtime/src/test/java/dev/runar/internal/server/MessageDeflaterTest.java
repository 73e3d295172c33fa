package dev.runar.internal.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class MessageDeflaterTest {
  private final MessageDeflater deflater = new MessageDeflater();

  @AfterEach
  void close() {
    deflater.close();
  }

  private static byte[] taken(ByteBuf frames) {
    try {
      return ByteBufUtil.getBytes(frames);
    } finally {
      frames.release();
    }
  }

  private static byte[] inflated(byte[] bytes, int from, int size) throws DataFormatException {
    byte[] whole = Arrays.copyOf(Arrays.copyOfRange(bytes, from, bytes.length), bytes.length + 4);
    whole[bytes.length - from + 2] = (byte) 0xff;
    whole[bytes.length - from + 3] = (byte) 0xff;
    try (var inflater = new Inflater(true)) {
      inflater.setInput(whole, 0, bytes.length - from + 4);
      byte[] out = new byte[size + 1];
      assertThat(inflater.inflate(out)).isEqualTo(size);
      return Arrays.copyOf(out, size);
    }
  }

  @Test
  void aMessageOfSomeSizeIsCompressed() throws DataFormatException {
    byte[] message = "{\"a\":1}".repeat(1_000).getBytes(UTF_8);
    byte[] frame = taken(deflater.frame(UnpooledByteBufAllocator.DEFAULT, Frames.TEXT, message));
    assertThat(frame.length).isLessThan(200);
    assertThat(frame[0] & 0xff).as("final, RSV1, text").isEqualTo(0xc1);
    int head = frame[1] == 126 ? 4 : 2;
    assertThat(inflated(frame, head, message.length)).isEqualTo(message);
  }

  @Test
  void aSmallOneAndOneThatWouldNotBeSmallerGoAsTheyAre() {
    byte[] small = "a".repeat(MessageDeflater.WORTHWHILE - 1).getBytes(UTF_8);
    byte[] random = new byte[100_000];
    new Random(1).nextBytes(random);
    for (byte[] message : new byte[][] {small, random, {}}) {
      var allocator = UnpooledByteBufAllocator.DEFAULT;
      assertThat(taken(deflater.frame(allocator, Frames.BINARY, message)))
          .isEqualTo(taken(Frames.frame(allocator, Frames.BINARY, message)));
    }
  }

  @Test
  void framesBehindOneAnotherStayInTheirOrder() throws DataFormatException {
    var allocator = UnpooledByteBufAllocator.DEFAULT;
    ByteBuf plain = allocator.buffer();
    for (int size : new int[] {3, 2_000, 0, 70_000, 125, 126}) {
      byte[] message = "x".repeat(size).getBytes(UTF_8);
      Frames.head(plain, Frames.TEXT, size);
      plain.writeBytes(message);
    }
    ByteBuf compressed = deflater.compress(plain);
    assertThat(plain.readableBytes()).as("left as it is").isGreaterThan(72_000);
    for (int size : new int[] {3, 2_000, 0, 70_000, 125, 126}) {
      boolean isCompressed = size >= MessageDeflater.WORTHWHILE;
      assertThat(compressed.readUnsignedByte()).isEqualTo((short) (isCompressed ? 0xc1 : 0x81));
      int length = compressed.readUnsignedByte();
      byte[] bytes = new byte[length == 126 ? compressed.readUnsignedShort() : length];
      compressed.readBytes(bytes);
      assertThat(isCompressed ? inflated(bytes, 0, size) : bytes)
          .isEqualTo("x".repeat(size).getBytes(UTF_8));
    }
    assertThat(compressed.isReadable()).isFalse();
    compressed.release();
    plain.release();
  }
}
