package dev.runar.internal.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.runar.Delivery;
import dev.runar.NodeConfig;
import dev.runar.Payload;
import dev.runar.RunarException;
import dev.runar.Session;
import dev.runar.internal.broker.Broker;
import dev.runar.internal.broker.BrokerMemory;
import dev.runar.internal.broker.BrokerOptions;
import dev.runar.internal.broker.DialectPaths;
import dev.runar.internal.broker.InMemoryGate;
import dev.runar.internal.broker.NobodyKnown;
import dev.runar.internal.http.StaticFiles;
import dev.runar.internal.node.SocketEndpoint;
import dev.runar.internal.protocol.ClientFrames;
import dev.runar.spi.Authorizer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
class ServerTest {
  @ParameterizedTest
  @EnumSource(Transport.class)
  void aRealClientSubscribesPublishesAndAsks(Transport transport) throws Exception {
    try (var node = new ServerFixture(transport)) {
      node.gate.actions.put(
          "math/add", data -> CompletableFuture.completedFuture(Payload.json("8")));
      try (var client = new JdkClient(node.server.urls().get(0), "/topics")) {
        client.send("{\"subscribe\":\"eeg_filtered\",\"id\":1}");
        assertThat(client.next()).startsWith("{\"subscribed\":\"eeg_filtered\",\"offset\":0");
        client.send("{\"publish\":\"eeg_filtered\",\"data\":{\"µV\":[1.5, 2]}}");
        assertThat(client.next())
            .isEqualTo("{\"topic\":\"eeg_filtered\",\"data\":{\"µV\":[1.5, 2]},\"offset\":1}");
        client.send("{\"request\":\"math/add\",\"data\":{\"a\":5,\"b\":3},\"id\":\"q\"}");
        assertThat(client.next()).isEqualTo("{\"id\":\"q\",\"result\":8}");
        client.send("{\"request\":\"math/sub\",\"id\":2}");
        assertThat(client.next()).contains("\"code\":\"NOT_FOUND\"").endsWith("\"id\":2}");
        client.send("{\"list\":true}");
        assertThat(client.next()).isEqualTo("{\"topics\":[\"eeg_filtered\"]}");
        client.send("{\"unsubscribe\":\"eeg_filtered\"}");
        assertThat(client.next()).isEqualTo("{\"unsubscribed\":\"eeg_filtered\"}");
        client.send("this is no JSON");
        assertThat(client.next()).contains("\"code\":\"PROTOCOL\"");
        client.send("{\"ping\":1}");
        assertThat(client.next()).isEqualTo("{\"pong\":1}");
      }
    }
  }

  @Test
  void eightPublishersAndEveryClientSeesOneOrder() throws Exception {
    try (var node = new ServerFixture(Transport.best())) {
      var clients = List.of(node.topics(), node.topics(), node.topics());
      for (RawClient client : clients) {
        client.say("{\"subscribe\":\"t\"}");
        client.next();
      }
      var threads = new ArrayList<Thread>();
      for (int p = 0; p < 8; p++) {
        int publisher = p;
        threads.add(
            Thread.ofVirtual()
                .start(
                    () -> {
                      for (int i = 0; i < 250; i++) {
                        node.gate.publish("t", Payload.json(publisher + "." + i));
                      }
                    }));
      }
      List<String> first = messages(clients.get(0), 2_000);
      for (int i = 0; i < first.size(); i++) {
        assertThat(first.get(i)).endsWith(",\"offset\":" + (i + 1) + "}");
      }
      assertThat(messages(clients.get(1), 2_000)).isEqualTo(first);
      assertThat(messages(clients.get(2), 2_000)).isEqualTo(first);
      for (Thread thread : threads) {
        thread.join();
      }
      for (RawClient client : clients) {
        client.close();
      }
    }
  }

  @Test
  void pingsAreAnsweredAlsoBetweenFragments() throws Exception {
    try (var node = new ServerFixture(Transport.best());
        var client = node.topics()) {
      client.write(ClientFrames.frame(0x01, "{\"ping\"".getBytes(UTF_8)));
      client.write(ClientFrames.frame(0x89, "p".getBytes(UTF_8)));
      client.write(ClientFrames.frame(0x80, ":1}".getBytes(UTF_8)));
      assertThat(client.next()).isEqualTo("pong p");
      assertThat(client.next()).isEqualTo("{\"pong\":1}");
      client.write(ClientFrames.frame(0x82, new byte[] {1}));
      assertThat(client.next()).contains("clients send bytes on /topics?bytes=framed only");
    }
  }

  @Test
  void requestsOnOneConnectionAreAnsweredInOrder(@TempDir Path folder) throws Exception {
    Files.writeString(folder.resolve("a.txt"), "file");
    try (var node =
            new ServerFixture(Transport.best(), NodeConfig.DEFAULT, StaticFiles.under(folder));
        var client = new RawClient(node.port())) {
      String get = "GET %s HTTP/1.1\r\nHost: x\r\n\r\n";
      client.write(
          (get.formatted("/a.txt") + get.formatted("/up") + get.formatted("/a.txt?x"))
              .getBytes(ISO_8859_1));
      assertThat(client.response()).isEqualTo("200 file");
      assertThat(client.response()).isEqualTo("200 ok");
      assertThat(client.response()).isEqualTo("200 file");
      client.write(RawClient.handshake("/topics").getBytes(ISO_8859_1));
      assertThat(client.head()).startsWith("HTTP/1.1 101");
    }
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void aLargeFileIsStreamed(Transport transport, @TempDir Path folder) throws Exception {
    Files.writeString(folder.resolve("big.txt"), "0123456789".repeat(300_000));
    try (var node = new ServerFixture(transport, NodeConfig.DEFAULT, StaticFiles.under(folder));
        var client = new RawClient(node.port())) {
      client.write("GET /big.txt HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(ISO_8859_1));
      assertThat(client.response()).hasSize(4 + 3_000_000).endsWith("6789");
    }
  }

  @Test
  void framesBehindTheHandshakeAreNotLost() throws Exception {
    try (var node = new ServerFixture(Transport.best());
        var client = new RawClient(node.port())) {
      client.write(
          ClientFrames.join(
              RawClient.handshake("/topics").getBytes(ISO_8859_1),
              ClientFrames.text("{\"ping\":1}")));
      assertThat(client.head()).startsWith("HTTP/1.1 101");
      assertThat(client.next()).isEqualTo("{\"pong\":1}");
    }
  }

  @Test
  void aRawPathTalksToItsService() throws Exception {
    try (var node = new ServerFixture(Transport.best())) {
      var seen = new LinkedBlockingQueue<String>();
      node.gate.sockets.put("/echo", new Echo(seen));
      try (var client = RawClient.webSocket(node.port(), "/echo?token=a%20b")) {
        assertThat(seen.poll(5, TimeUnit.SECONDS)).isEqualTo("open /echo {token=a b}");
        client.say("hällo");
        assertThat(client.next()).isEqualTo("hällo");
        client.write(ClientFrames.frame(0x82, new byte[70_000]));
        assertThat(client.next()).isEqualTo("binary 70000");
        client.write(ClientFrames.close(4000, "bye".getBytes(UTF_8)));
        assertThat(client.next()).startsWith("close 4000");
      }
      assertThat(seen.poll(5, TimeUnit.SECONDS)).isEqualTo("close 4000 bye");
    }
  }

  private record Echo(BlockingQueue<String> seen) implements SocketEndpoint {
    @Override
    public Delivery open(Session session) {
      seen.add("open " + session.path() + " " + session.query());
      return Delivery.QUEUED;
    }

    @Override
    public Delivery message(Session session, Payload message) {
      assertThat(session.send(message)).isEqualTo(Delivery.QUEUED);
      return Delivery.QUEUED;
    }

    @Override
    public Delivery close(Session session, int code, String reason) {
      seen.add("close " + code + " " + reason);
      return Delivery.QUEUED;
    }

    @Override
    public void whenWritable(int bytes, Runnable callback) {
      callback.run();
    }
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void aPortInUseIsSaidClearlyAndTwoServersLiveInOneJvm(Transport transport) throws Exception {
    try (var one = new ServerFixture(transport);
        var two = new ServerFixture(transport)) {
      var taken = NodeConfig.DEFAULT.withServer(NodeConfig.DEFAULT.server().withPort(one.port()));
      var broker =
          new Broker(
              one.gate,
              Authorizer.openToAll(),
              NobodyKnown.clients(),
              BrokerOptions.of(taken),
              DialectPaths.NONE,
              BrokerMemory.only(System::nanoTime));
      assertThatThrownBy(
              () ->
                  NettyServer.start(
                      taken.server(),
                      taken.limits(),
                      broker,
                      LoadServer.api(
                          broker, new InMemoryGate(), NodeConfig.DEFAULT, StaticFiles.none()),
                      transport))
          .isInstanceOf(RunarException.class)
          .hasMessage(
              "port %d on 127.0.0.1 is in use; stop the other program or choose another with --port"
                  .formatted(one.port()));
      try (var client = two.topics()) {
        client.say("{\"ping\":2}");
        assertThat(client.next()).isEqualTo("{\"pong\":2}");
      }
    }
  }

  private static List<String> messages(RawClient client, int count) throws IOException {
    var messages = new ArrayList<String>();
    for (int i = 0; i < count; i++) {
      messages.add(client.next());
    }
    return messages;
  }

  /** The JDK's own WebSocket client. */
  private static final class JdkClient implements WebSocket.Listener, AutoCloseable {
    private final BlockingQueue<String> received = new LinkedBlockingQueue<>();
    private final HttpClient http = HttpClient.newHttpClient();
    private final WebSocket socket;
    private final StringBuilder part = new StringBuilder();

    JdkClient(URI server, String path) throws Exception {
      URI uri = URI.create("ws://" + server.getAuthority() + path);
      socket = http.newWebSocketBuilder().buildAsync(uri, this).get(10, TimeUnit.SECONDS);
    }

    void send(String text) throws Exception {
      socket.sendText(text, true).get(10, TimeUnit.SECONDS);
    }

    String next() throws InterruptedException {
      return String.valueOf(received.poll(10, TimeUnit.SECONDS));
    }

    @Override
    public CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
      part.append(data);
      if (last) {
        received.add(part.toString());
        part.setLength(0);
      }
      webSocket.request(1);
      return null;
    }

    @Override
    public void close() throws Exception {
      socket.sendClose(1000, "").get(10, TimeUnit.SECONDS);
      http.close();
    }
  }
}
