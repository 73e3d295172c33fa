package dev.runar.internal.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.NodeConfig;
import dev.runar.internal.broker.Broker;
import dev.runar.internal.broker.BrokerMemory;
import dev.runar.internal.broker.BrokerOptions;
import dev.runar.internal.broker.DialectPaths;
import dev.runar.internal.broker.InMemoryGate;
import dev.runar.internal.broker.Lane;
import dev.runar.internal.broker.LaneExecutor;
import dev.runar.internal.broker.NobodyKnown;
import dev.runar.spi.Authorizer;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** When a client is read, and when no longer. */
@Timeout(20)
class NettyConnectionTest {
  /** The test's thread is the lane's. */
  private static final LaneExecutor HERE =
      new LaneExecutor() {
        @Override
        public void execute(Runnable task) {
          task.run();
        }

        @Override
        public boolean isCurrentThread() {
          return true;
        }
      };

  private final Broker broker =
      new Broker(
          new InMemoryGate(),
          Authorizer.openToAll(),
          NobodyKnown.clients(),
          BrokerOptions.of(NodeConfig.DEFAULT),
          DialectPaths.NONE,
          BrokerMemory.only(System::nanoTime));
  private final Lane lane =
      broker
          .openLanes(
              List.of(HERE),
              () -> {
                throw new AssertionError("nothing is published");
              },
              System::nanoTime)
          .getFirst();
  private final ChannelInboundHandlerAdapter handler = new ChannelInboundHandlerAdapter();
  private final EmbeddedChannel channel = new EmbeddedChannel(handler);
  private final Loop loop = new Loop(lane, 1, 1);
  private final NettyConnection connection =
      new NettyConnection(
          new Wire(channel.pipeline().context(handler), loop), loop, false, () -> {});

  @AfterEach
  void close() {
    channel.finishAndReleaseAll();
    broker.close();
  }

  private boolean isRead() {
    return channel.config().isAutoRead();
  }

  @Test
  void anOpenConnectionIsPausedAndReadAgain() {
    connection.pauseReading();
    assertThat(isRead()).isFalse();
    connection.resumeReading();
    assertThat(isRead()).isTrue();
  }

  @Test
  void aPausedClientThatIsClosedIsReadForItsCloseFrame() {
    connection.pauseReading();
    connection.close(4301, "too much");
    assertThat(isRead()).isTrue();
  }

  @Test
  void whoIsNotHeardAnyMoreStaysSoWhenAPauseEnds() {
    connection.pauseReading();
    connection.close(4301, "too much");
    connection.stopReading();
    connection.resumeReading();
    assertThat(isRead()).isFalse();
  }
}
