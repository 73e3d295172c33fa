package dev.runar.internal.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.internal.broker.WireMessage;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How long the memory of messages that many get is kept. */
@Timeout(20)
class NettyBurstTest {
  private final NettyBurst burst = new NettyBurst(UnpooledByteBufAllocator.DEFAULT);

  @Test
  void whatAConnectionStillSendsOutlivesAllThatHadKeptTheBurst() {
    burst.append(WireMessage.text("{\"a\":1}".repeat(1_000).getBytes(UTF_8)));
    try (var deflater = new MessageDeflater()) {
      ByteBuf first = burst.shareCompressed(deflater);
      burst.retain();
      burst.release();
      ByteBuf second = burst.shareCompressed(deflater);
      burst.release();
      assertThat(second).isEqualTo(first);
      assertThat(second.release()).isFalse();
      assertThat(first.readableBytes()).isPositive();
      assertThat(first.release()).isTrue();
    }
  }

  @Test
  void nothingIsLeftWhenNobodyKeepsItAnyMore() {
    burst.append(WireMessage.text("{}".getBytes(UTF_8)));
    ByteBuf plain = burst.share();
    burst.retain();
    burst.release();
    burst.release();
    assertThat(plain.release()).isTrue();
  }
}
