package dev.runar.internal.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.runar.Delivery;
import dev.runar.Node;
import dev.runar.NodeConfig;
import dev.runar.Payload;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.internal.boot.LinkHost;
import dev.runar.spi.Metrics;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** When the node of a link is made and has started. */
@Timeout(60)
class LinkHostTest {
  private final TestPeer peer = new TestPeer();

  /** A transport whose other side has spoken before this one has begun to listen. */
  private LinkTransport eager(Frame... frames) {
    return new LinkTransport() {
      @Override
      public void start(Receiver receiver) {
        peer.start(receiver);
        peer.send(frames);
        peer.carried();
      }

      @Override
      public Delivery post(byte[] batch, int offset, int length) {
        return peer.post(batch, offset, length);
      }

      @Override
      public void close() {
        peer.close();
      }
    };
  }

  @Test
  void aNodeThatIsAskedForAtOnceKnowsItsLink() {
    Frame hello =
        Frame.headed(
            FrameKind.HELLO,
            0,
            Payload.object("protocol", 1, "version", "0.1.0", "runtime", "test", "pid", 1));
    Frame configure = Frame.headed(FrameKind.CONFIGURE, peer.nextId(), Payload.object());

    LinkHost host = TestPeer.host(eager(hello, configure), NodeConfig.DEFAULT);

    peer.get(FrameKind.START, 0, Payload.object(), null);
    Map<String, Object> status =
        host.node().request("$runtime/status", Payload.of(null)).join().asMap();
    assertThat((List<?>) status.get("links")).hasSize(1);
    host.node().close();
    host.close("the test is over");
  }

  @Test
  void aNodeRunsThoughOneOfItsServicesFailsToStart() {
    LinkHost host = TestPeer.host(peer, NodeConfig.DEFAULT);
    peer.handlers.put(
        9, step -> peer.error(step, new RunarException(Code.INTERNAL, "no database")));
    peer.addActions("good", "answer");
    peer.addService("{'definition':{'path':'bad','actions':[]},'actions':{},'steps':{'start':9}}");

    assertThatThrownBy(() -> peer.get(FrameKind.START, 0, Payload.object(), null))
        .hasMessageContaining("no database");

    assertThat(host.node().state()).isEqualTo(Node.State.RUNNING);
    assertThat(host.started()).succeedsWithin(Duration.ofSeconds(10));
    host.node().close();
    host.close("the test is over");
  }

  @Test
  void aNodeThatCannotBeStoppedSaysSoInTheFuture() {
    var broken =
        new Metrics() {
          @Override
          public void started(Readings readings) {
            throw new IllegalStateException("no meters");
          }
        };
    LinkHost host = TestPeer.host(peer, NodeConfig.DEFAULT, broken);
    host.node(); // which is made, and has begun nothing

    assertThat(host.stopNode())
        .failsWithin(Duration.ofSeconds(10))
        .withThrowableThat()
        .withMessageContaining("no meters");
    host.close("the test is over");
  }
}
