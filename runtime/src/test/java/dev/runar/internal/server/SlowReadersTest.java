package dev.runar.internal.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.runar.ActionOptions;
import dev.runar.Node;
import dev.runar.NodeConfig;
import dev.runar.Payload;
import dev.runar.Service;
import dev.runar.internal.http.StaticFiles;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.concurrent.SubmissionPublisher;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** HTTP clients that do not read what they have asked for: real sockets with small buffers. */
@Timeout(60)
class SlowReadersTest {
  private static final int SMALL = 4_096;

  private static NodeConfig patience(Duration time) {
    return NodeConfig.DEFAULT.withServer(
        NodeConfig.Server.DEFAULT.withPort(0).withWriteTimeout(time));
  }

  private static Node start(NodeConfig config, Service service) {
    Node node = Node.create(config);
    node.addService(service).join();
    node.start().join();
    return node;
  }

  private static int port(Node node) {
    return node.urls().get(0).getPort();
  }

  private static void ask(RawClient client, String path) throws Exception {
    client.write(("GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n").getBytes(ISO_8859_1));
  }

  private static long count(Node node, String name) {
    var port =
        (Map<?, ?>) node.request("$runtime/status", Payload.of(null)).join().asMap().get("port");
    return ((Number) ((Map<?, ?>) port.get("http")).get(name)).longValue();
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void aFileThatIsNotReadIsCutOff(Transport transport, @TempDir Path folder) throws Exception {
    try (var file = new RandomAccessFile(folder.resolve("big.bin").toFile(), "rw")) {
      file.setLength(24 << 20);
    }
    try (var node =
            new ServerFixture(
                transport, patience(Duration.ofMillis(300)), StaticFiles.under(folder));
        var client = new RawClient(node.port(), SMALL)) {
      ask(client, "/big.bin");
      await()
          .atMost(Duration.ofSeconds(40))
          .until(() -> node.api.counters().snapshot().get("stalled") == 1);
      await()
          .atMost(Duration.ofSeconds(40))
          .until(() -> node.api.counters().snapshot().get("aborted") == 1);
      assertThat(client.ends()).isTrue();
    }
  }

  @Test
  void aBodyThatIsNotReadIsCutOffAndOthersAreServed() throws Exception {
    Payload big = Payload.of(new byte[24 << 20]);
    try (Node node =
            start(
                patience(Duration.ofMillis(300)),
                Service.at("s")
                    .action("big", http("/big"), (input, context) -> big)
                    .action("small", http("/small"), (input, context) -> Payload.of("here"))
                    .build());
        var slow = new RawClient(port(node), SMALL);
        var quick = new RawClient(port(node))) {
      ask(slow, "/big");
      ask(quick, "/small");
      assertThat(quick.response()).isEqualTo("200 here");
      await().atMost(Duration.ofSeconds(40)).until(() -> count(node, "stalled") == 1);
      assertThat(slow.ends()).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"application/x-ndjson", "text/event-stream"})
  void aStreamThatIsNotReadIsCutOffAndItsProducerEnds(String type) throws Exception {
    var cancelled = new CountDownLatch(1);
    try (Node node =
            start(
                patience(Duration.ofMillis(300)),
                Service.at("s").stream("all", http("/all"), (input, context) -> endless(cancelled))
                    .build());
        var client = new RawClient(port(node), SMALL)) {
      client.write(
          ("GET /all HTTP/1.1\r\nHost: x\r\nAccept: " + type + "\r\n\r\n").getBytes(ISO_8859_1));
      await().atMost(Duration.ofSeconds(40)).until(() -> count(node, "stalled") == 1);
      assertThat(cancelled.await(20, TimeUnit.SECONDS)).isTrue();
      assertThat(client.ends()).isTrue();
    }
  }

  @Test
  void aStreamThatSaysNothingForLongerIsLeftAlone() throws Exception {
    var items = new SubmissionPublisher<Payload>();
    try (Node node =
            start(
                patience(Duration.ofMillis(100)),
                Service.at("s").stream("rare", http("/rare"), (input, context) -> items).build());
        var client = new RawClient(port(node), SMALL)) {
      ask(client, "/rare");
      await().atMost(Duration.ofSeconds(40)).until(items::hasSubscribers);
      items.submit(Payload.of(1));
      assertThat(client.head()).startsWith("HTTP/1.1 200");
      await().during(Duration.ofMillis(600)).until(() -> count(node, "stalled") == 0);
      items.submit(Payload.of(2));
      items.close();
      assertThat(client.chunks()).isEqualTo("1\n2\n");
    }
  }

  private static ActionOptions http(String path) {
    return ActionOptions.builder().http(new ActionOptions.Http("GET", path, 0)).build();
  }

  /** A kibibyte an item, as many as are asked for. */
  private static Flow.Publisher<Payload> endless(CountDownLatch cancelled) {
    Payload item = Payload.of("x".repeat(1_024));
    return subscriber ->
        subscriber.onSubscribe(
            new Flow.Subscription() {
              @Override
              public void request(long count) {
                for (long i = 0; i < count; i++) {
                  subscriber.onNext(item);
                }
              }

              @Override
              public void cancel() {
                cancelled.countDown();
              }
            });
  }
}
