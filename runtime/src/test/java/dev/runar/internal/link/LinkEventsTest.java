package dev.runar.internal.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.runar.Limits;
import dev.runar.Node;
import dev.runar.NodeConfig;
import dev.runar.Payload;
import dev.runar.PublishOptions;
import dev.runar.PublishReceipt;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.internal.boot.LinkHost;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Events over a link: each once and in order, the counts add up, and what is at a bound. */
@Timeout(120)
class LinkEventsTest {
  private static final int THREADS = 4;
  private static final int EACH = 25_000;

  private TestPeer peer = new TestPeer();
  private LinkHost host = TestPeer.host(peer, NodeConfig.DEFAULT);

  @AfterEach
  void close() {
    host.node().close();
    host.close("the test is over");
    peer.close();
  }

  @Test
  void aHundredThousandEventsOfFourThreadsArriveOnceAndInOrder() throws Exception {
    Map<Integer, List<Integer>> seen = new HashMap<>();
    var count = new AtomicInteger();
    peer.handlers.put(
        1,
        event -> {
          List<?> pair = event.payloadOrNull().asList();
          seen.computeIfAbsent((Integer) pair.get(0), thread -> new ArrayList<>())
              .add((Integer) pair.get(1));
          peer.result(event, null);
          count.incrementAndGet();
        });
    peer.addService(
        "{'definition':{'path':'sink','events':[{'pattern':'data/*'}]},'events':{'data/*':1}}");
    peer.get(FrameKind.START, 0, Payload.object(), null);
    Node node = host.node();

    var threads =
        IntStream.range(0, THREADS)
            .mapToObj(
                thread ->
                    Thread.ofPlatform()
                        .start(
                            () -> {
                              for (int i = 0; i < EACH; i++) {
                                publish(node, thread, i);
                              }
                            }))
            .toList();
    for (Thread thread : threads) {
      thread.join();
    }
    await().atMost(Duration.ofSeconds(60)).until(() -> count.get() == THREADS * EACH);

    List<Integer> inOrder = IntStream.range(0, EACH).boxed().toList();
    assertThat(seen).hasSize(THREADS);
    seen.values().forEach(numbers -> assertThat(numbers).isEqualTo(inOrder));
    await()
        .untilAsserted(
            () -> {
              Map<String, Object> ledger = ledger(node);
              assertThat(ledger).containsEntry("waiting", 0L);
              assertThat(ledger).containsEntry("failed", 0L);
            });
  }

  /** Whoever publishes tries again when the queue is full: what is refused is not delivered. */
  private static void publish(Node node, int thread, int number) {
    PublishReceipt receipt;
    do {
      receipt = node.publish("data/x", Payload.of(List.of(thread, number))).join();
      Thread.onSpinWait();
    } while (receipt.refused() > 0);
  }

  private static Map<String, Object> ledger(Node node) {
    Payload status = node.request("$runtime/status", Payload.of(null)).join();
    @SuppressWarnings("unchecked")
    Map<String, Object> ledger =
        (Map<String, Object>) java.util.Objects.requireNonNull(status.asMap().get("ledger"));
    return ledger;
  }

  @Test
  void anEventCarriesWhatIsKnownOfIt() {
    peer.get(FrameKind.START, 0, Payload.object(), null);
    Frame subscribed =
        peer.get(FrameKind.SUBSCRIBE, 7, Payload.json("{\"pattern\":\"rooms/{room}\"}"), null);
    long subscription = subscribed.heads().number("subscription");

    CompletableFuture<PublishReceipt> receipt =
        host.node()
            .publish(
                "rooms/attic",
                Payload.of("warm"),
                new PublishOptions(PublishOptions.Ack.HANDLED, Duration.ZERO)
                    .withMeta(Map.of("sensor", "7")));
    Frame event = peer.next(FrameKind.EVENT);

    assertThat(event.target()).isEqualTo(7);
    assertThat(event.payloadOrNull().asString()).isEqualTo("warm");
    Head head = event.heads();
    assertThat(head.text("topic")).isEqualTo("rooms/attic");
    assertThat(head.texts("params")).isEqualTo(Map.of("room", "attic"));
    assertThat(head.texts("meta")).isEqualTo(Map.of("sensor", "7"));
    assertThat(head.number("timestamp")).isPositive();
    assertThat(receipt).isNotDone();
    peer.result(event, null);
    assertThat(receipt.join().handled()).isEqualTo(1);

    Frame gone =
        peer.get(FrameKind.UNSUBSCRIBE, 0, Payload.object("subscription", subscription), null);
    assertThat(gone.heads().isTrue("had")).isTrue();
    assertThat(host.node().publish("rooms/attic", Payload.of(1)).join().matched()).isZero();
  }

  @Test
  void anErrorOfAHandlerIsToldToThePublisher() {
    peer.handlers.put(
        7, event -> peer.error(event, new RunarException(Code.HANDLER_FAILED, "too warm")));
    peer.get(FrameKind.SUBSCRIBE, 7, Payload.json("{\"pattern\":\"rooms/*\"}"), null);

    PublishReceipt receipt =
        host.node()
            .publish(
                "rooms/attic",
                Payload.of(30),
                new PublishOptions(PublishOptions.Ack.HANDLED, Duration.ZERO))
            .join();

    assertThat(receipt.failed()).isEqualTo(1);
  }

  @Test
  void aScriptPublishesAndWaitsForEvents() {
    CompletableFuture<Frame> next =
        peer.ask(FrameKind.ON, 0, Payload.json("{\"pattern\":\"a/b\"}"), null);
    Frame receipt =
        peer.get(FrameKind.PUBLISH, 0, Payload.json("{\"topic\":\"a/b\"}"), Payload.of(42));

    assertThat(receipt.payloadOrNull().asMap()).containsEntry("matched", 1);
    Frame event = next.join();
    assertThat(event.payloadOrNull().asInt()).isEqualTo(42);
    assertThat(event.heads().text("topic")).isEqualTo("a/b");
  }

  @Test
  void packetsAreWrittenOnATopicByItsNumber() {
    var packets = new java.util.concurrent.LinkedBlockingQueue<Payload>();
    host.node().subscribe("waves/raw", (event, context) -> packets.add(event.payload()));

    Frame opened = peer.get(FrameKind.TOPIC, 3, Payload.json("{\"name\":\"waves/raw\"}"), null);
    peer.send(
        Frame.at(FrameKind.WRITE, 3, 0, null).withPayload(Payload.of(new byte[] {1, 2})),
        Frame.at(FrameKind.WRITE, 4, 0, null).withPayload(Payload.of(new byte[] {9})),
        Frame.at(FrameKind.WRITE, 3, 0, null).withPayload(Payload.of(new byte[] {3})));

    assertThat(opened.heads().text("name")).endsWith("waves/raw");
    await().until(() -> packets.size() == 2);
    assertThat(packets.stream().map(Payload::encoded))
        .containsExactly(new byte[] {1, 2}, new byte[] {3});
  }

  @Test
  void aFullQueueRefusesAndRunsOnWhenTheScriptDoes() {
    restart(NodeConfig.DEFAULT.withLimits(Limits.DEFAULT.withQueuedCallbacks(16)));
    peer.handlers.put(1, call -> peer.result(call, Payload.of(1)));
    peer.addActions("math", "one");
    peer.get(FrameKind.SUBSCRIBE, 7, Payload.json("{\"pattern\":\"a/b\"}"), null);
    peer.get(FrameKind.START, 0, Payload.object(), null);
    Node node = host.node();
    peer.settle(); // it has told that the event of the self-test has begun
    peer.keepsCount(false); // as an event loop that is blocked

    var receipts = new ArrayList<PublishReceipt>();
    for (int i = 0; i < 100; i++) {
      receipts.add(node.publish("a/b", Payload.of(i)).join());
    }

    assertThat(receipts.stream().mapToInt(PublishReceipt::queued).sum()).isEqualTo(16);
    assertThat(receipts.stream().mapToInt(PublishReceipt::refused).sum()).isEqualTo(84);
    assertThat(receipts.getLast().refusals().getFirst().reason().name()).isEqualTo("FULL");
    assertThat(code(node.request("math/one", Payload.of(1)))).isEqualTo(Code.OVERLOADED);
    for (int i = 0; i < 16; i++) {
      assertThat(peer.next(FrameKind.EVENT).payloadOrNull().asInt()).isEqualTo(i);
    }
    peer.keepsCount(true);
    await().until(() -> node.publish("a/b", Payload.of("again")).join().queued() == 1);
    assertThat(node.request("math/one", Payload.of(1)).join().asInt()).isEqualTo(1);
  }

  @Test
  void aTransportThatRefusesKeepsTheOrderAndLosesNothing() {
    peer.get(FrameKind.SUBSCRIBE, 7, Payload.json("{\"pattern\":\"a/b\"}"), null);
    Node node = host.node();
    peer.refuses(true);
    for (int i = 0; i < 1_000; i++) {
      assertThat(node.publish("a/b", Payload.of(i)).join().queued()).isEqualTo(1);
    }
    assertThat(peer.others.stream().noneMatch(frame -> frame.kind() == FrameKind.EVENT)).isTrue();

    peer.refuses(false);

    for (int i = 0; i < 1_000; i++) {
      assertThat(peer.next(FrameKind.EVENT).payloadOrNull().asInt()).isEqualTo(i);
    }
  }

  @Test
  void whatIsTooLargeForALinkIsAnErrorAndNotTheEndOfIt() {
    peer.handlers.put(1, call -> peer.result(call, Payload.of(1)));
    peer.addActions("math", "one");
    peer.get(FrameKind.START, 0, Payload.object(), null);
    Payload large = Payload.encoded(Payload.Kind.BYTES, new byte[FrameCodec.MAX_FRAME]);

    assertThat(code(host.node().request("math/one", large))).isEqualTo(Code.TOO_LARGE);
    assertThat(host.node().request("math/one", Payload.of(1)).join().asInt()).isEqualTo(1);
  }

  @Test
  void theEndOfTheScriptFailsWhatItHadTakenAndEndsItsSubscriptions() {
    peer.get(FrameKind.SUBSCRIBE, 7, Payload.json("{\"pattern\":\"a/b\"}"), null);
    CompletableFuture<PublishReceipt> receipt =
        host.node()
            .publish(
                "a/b",
                Payload.of(1),
                new PublishOptions(PublishOptions.Ack.HANDLED, Duration.ZERO));
    peer.next(FrameKind.EVENT);

    peer.die("killed");

    assertThat(receipt.join().failed()).isEqualTo(1);
    assertThat(host.node().publish("a/b", Payload.of(2)).join().matched()).isZero();
  }

  private void restart(NodeConfig config) {
    host.close("another one comes");
    host.node().close();
    peer = new TestPeer();
    host = TestPeer.host(peer, config);
  }

  private static Code code(CompletableFuture<?> future) {
    try {
      future.join();
    } catch (CompletionException e) {
      return ((RunarException) e.getCause()).code();
    }
    throw new AssertionError("it has not failed");
  }
}
