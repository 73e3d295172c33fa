package dev.runar.internal.link;

import static java.nio.charset.StandardCharsets.UTF_8;
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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** When the node of a link is made and has started. */
@Timeout(60)
class LinkHostTest {
  private final TestPeer peer = new TestPeer();

  /** To the peer, with something before it. */
  private class Before implements LinkTransport {
    @Override
    public void start(Receiver receiver) {
      peer.start(receiver);
    }

    @Override
    public Delivery post(byte[] batch, int offset, int length) {
      return peer.post(batch, offset, length);
    }

    @Override
    public void close() {
      peer.close();
    }
  }

  /** A transport whose other side has spoken before this one has begun to listen. */
  private LinkTransport eager(Frame... frames) {
    return new Before() {
      @Override
      public void start(Receiver receiver) {
        super.start(receiver);
        peer.send(frames);
        peer.carried();
      }
    };
  }

  @Test
  void aNodeThatIsAskedForAtOnceKnowsItsLink() {
    Frame configure = Frame.headed(FrameKind.CONFIGURE, peer.nextId(), Payload.object());

    LinkHost host = TestPeer.host(eager(TestPeer.hello(), configure), NodeConfig.DEFAULT);

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

  @Test
  void linesThatAreLostAreToldOnce() throws Exception {
    var host = new CompletableFuture<LinkHost>();
    var between = new AtomicBoolean();
    var transport =
        new Before() {
          @Override
          public Delivery post(byte[] batch, int offset, int length) {
            if (new String(batch, offset, length, UTF_8).contains("were lost")
                && !between.getAndSet(true)) {
              host.join().log("info", "System.out", "between"); // as by another thread
            }
            return super.post(batch, offset, length);
          }
        };
    host.complete(TestPeer.host(transport, NodeConfig.DEFAULT));
    LinkHost open = host.join();
    peer.send(TestPeer.hello());
    peer.carried();
    String large = "x".repeat(64 << 10);
    peer.refuses(true);
    Delivery last = Delivery.QUEUED;
    while (last == Delivery.QUEUED) {
      last = open.log("info", "System.out", large);
    }
    assertThat(last).isEqualTo(Delivery.FULL);
    peer.refuses(false);
    peer.carried();

    open.log("info", "System.out", "behind");
    open.log("info", "System.out", "the end");

    peer.settle();
    assertThat(peer.others)
        .filteredOn(frame -> frame.kind() == FrameKind.LOG)
        .extracting(frame -> frame.heads().text("message"))
        .filteredOn(message -> !message.equals(large))
        .containsExactly("1 lines of output were lost here", "between", "behind", "the end");
    open.close("the test is over");
  }
}
