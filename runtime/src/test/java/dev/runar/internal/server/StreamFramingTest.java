package dev.runar.internal.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.internal.broker.WireMessage;
import dev.runar.internal.http.HttpResponse.MessageForm;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.junit.jupiter.api.Test;

/** Messages as parts of a body, in each form, alone and as a burst. */
class StreamFramingTest {
  private static final ByteBufAllocator ALLOCATOR = ByteBufAllocator.DEFAULT;

  private static String text(ByteBuf bytes) {
    try {
      return bytes.toString(UTF_8);
    } finally {
      bytes.release();
    }
  }

  private static String one(MessageForm form, boolean isChunked, String message) {
    return text(new StreamFraming(form, isChunked).one(ALLOCATOR, message.getBytes(UTF_8)));
  }

  @Test
  void eachFormEndsAMessageInItsOwnWay() {
    assertThat(one(MessageForm.LINES, false, "{}")).isEqualTo("{}\n");
    assertThat(one(MessageForm.EVENTS, false, "{}")).isEqualTo("data: {}\n\n");
    assertThat(one(MessageForm.EVENTS, false, "{1}\n{2}")).isEqualTo("data: {1}\ndata: {2}\n\n");
    assertThat(one(MessageForm.BYTES, false, "ab")).isEqualTo("ab");
  }

  @Test
  void aChunkSaysItsSize() {
    assertThat(one(MessageForm.LINES, true, "x".repeat(300)))
        .isEqualTo("0000012d\r\n" + "x".repeat(300) + "\n\r\n");
    assertThat(text(new StreamFraming(MessageForm.LINES, true).last(ALLOCATOR)))
        .isEqualTo("0\r\n\r\n");
    assertThat(text(new StreamFraming(MessageForm.LINES, false).last(ALLOCATOR))).isEmpty();
  }

  @Test
  void nothingIsNoChunkWhichWouldBeTheEnd() {
    assertThat(one(MessageForm.BYTES, true, "")).isEmpty();
  }

  @Test
  void aBurstIsOneChunkAndSharedByAllOfAForm() {
    var burst = new NettyBurst(ALLOCATOR);
    burst.append(WireMessage.text("a".getBytes(UTF_8)));
    burst.append(WireMessage.text("b".repeat(126).getBytes(UTF_8)));
    burst.append(WireMessage.text("c".repeat(70_000).getBytes(UTF_8)));
    String lines = "a\n" + "b".repeat(126) + "\n" + "c".repeat(70_000) + "\n";
    var framing = new StreamFraming(MessageForm.LINES, true);
    ByteBuf first = burst.shareStreamed(framing);
    ByteBuf second = burst.shareStreamed(framing);
    assertThat(first.memoryAddress()).isEqualTo(second.memoryAddress());
    String chunk = "%08x\r\n%s\r\n".formatted(lines.length(), lines);
    burst.release();
    assertThat(text(first)).isEqualTo(chunk);
    assertThat(text(second)).isEqualTo(chunk);
    assertThat(second.refCnt()).isZero();
  }

  @Test
  void aBurstThatIsKeptCanBeWrittenInEveryFormToTheEnd() {
    var burst = new NettyBurst(ALLOCATOR);
    burst.append(WireMessage.text("x".repeat(2_000).getBytes(UTF_8)));
    var framing = new StreamFraming(MessageForm.EVENTS, false);
    try (var deflater = new MessageDeflater()) {
      ByteBuf before = burst.shareCompressed(deflater);
      burst.retain();
      burst.release();
      ByteBuf compressed = burst.shareCompressed(deflater);
      assertThat(compressed.equals(before)).isTrue();
      compressed.release();
      before.release();
      assertThat(text(burst.shareStreamed(framing)))
          .isEqualTo("data: " + "x".repeat(2_000) + "\n\n");
      burst.release();
      assertThat(compressed.refCnt()).isZero();
    }
  }
}
