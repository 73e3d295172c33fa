package dev.runar.internal.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.runar.NodeConfig;
import dev.runar.Payload;
import dev.runar.PortChoice;
import dev.runar.RunarException;
import dev.runar.channels.ChannelRule;
import dev.runar.channels.SlowPolicy;
import dev.runar.internal.http.StaticFiles;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** HTTPS and WSS on the one port: real sockets. */
@Timeout(30)
class TlsTest {
  @TempDir Path folder;
  private Path certificateFile;
  private Path keyFile;
  private NodeConfig config;
  private TestCertificate first;
  private final List<HttpClient> clients = new ArrayList<>();

  @BeforeEach
  void makeCertificate() throws Exception {
    certificateFile = folder.resolve("cert.pem");
    keyFile = folder.resolve("key.pem");
    first = TestCertificate.make(folder, "EC");
    first.write(certificateFile, keyFile);
    config =
        NodeConfig.DEFAULT.withServer(
            NodeConfig.Server.DEFAULT.withTls(
                new PortChoice.Tls(certificateFile.toString(), keyFile.toString())));
  }

  private ServerFixture start(Transport transport) {
    return new ServerFixture(transport, config, StaticFiles.none());
  }

  private HttpClient client(TestCertificate... trusted) throws Exception {
    HttpClient client =
        HttpClient.newBuilder().sslContext(TestCertificate.trusting(trusted)).build();
    clients.add(client);
    return client;
  }

  /** Its {@code close} would wait for WebSockets that are open. */
  @AfterEach
  void endClients() {
    clients.forEach(HttpClient::shutdownNow);
  }

  private static String get(HttpClient client, int port, String path) throws Exception {
    var request = HttpRequest.newBuilder(URI.create("https://localhost:" + port + path)).build();
    var response = client.send(request, BodyHandlers.ofString());
    return response.statusCode() + " " + response.body().strip();
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void answersOverHttps(Transport transport) throws Exception {
    try (ServerFixture node = start(transport)) {
      HttpClient client = client(first);
      assertThat(get(client, node.port(), "/up")).isEqualTo("200 ok");
      assertThat(get(client, node.port(), "/nowhere")).isEqualTo("404 not found");
      assertThat(node.server.urls())
          .containsExactly(URI.create("https://127.0.0.1:" + node.port()));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"RSA", "Ed25519"})
  void takesOtherKindsOfKeys(String algorithm) throws Exception {
    TestCertificate other = TestCertificate.make(folder, algorithm);
    other.write(certificateFile, keyFile);
    try (ServerFixture node = start(Transport.best())) {
      HttpClient client = client(other);
      assertThat(get(client, node.port(), "/up")).isEqualTo("200 ok");
    }
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void servesFilesOverHttps(Transport transport) throws Exception {
    byte[] large = new byte[1_000_003];
    for (int i = 0; i < large.length; i++) {
      large[i] = (byte) (i * 31 >> 3);
    }
    Path files = Files.createDirectory(folder.resolve("public"));
    Files.write(files.resolve("large.bin"), large);
    Files.write(files.resolve("empty.txt"), new byte[0]);
    try (var node = new ServerFixture(transport, config, StaticFiles.under(files))) {
      HttpClient client = client(first);
      for (int i = 0; i < 3; i++) {
        var uri = URI.create("https://localhost:" + node.port() + "/large.bin");
        var got = client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofByteArray());
        assertThat(Arrays.equals(got.body(), large)).isTrue();
        assertThat(get(client, node.port(), "/empty.txt")).isEqualTo("200 ");
      }
    }
  }

  /** Many connections share the bytes of a publication; none may see another's. */
  @ParameterizedTest
  @EnumSource(Transport.class)
  void deliversToEverySubscriberOverWss(Transport transport) throws Exception {
    try (ServerFixture node = start(transport)) {
      HttpClient client = client(first);
      var listeners = new Texts[8];
      for (int i = 0; i < listeners.length; i++) {
        listeners[i] = new Texts(client, node.port());
        listeners[i].socket.sendText("{\"subscribe\":\"a/b\"}", true).join();
        assertThat(listeners[i].next()).contains("subscribed");
      }
      for (int round = 0; round < 50; round++) {
        for (int i = 0; i < listeners.length; i++) {
          listeners[i].socket.sendText("{\"ping\":" + (round * 100 + i) + "}", true).join();
          var _ = node.gate.publish("a/b", Payload.of("x".repeat(50) + round + "-" + i));
        }
      }
      for (int i = 0; i < listeners.length; i++) {
        int pongs = 0;
        int seen = 0;
        while (pongs < 50 || seen < 50 * listeners.length) {
          String text = listeners[i].next();
          if (text.contains("pong")) {
            assertThat(text).contains(":" + (pongs * 100 + i) + "}");
            pongs++;
          } else {
            String wanted = "x" + seen / listeners.length + "-" + seen % listeners.length + "\"";
            assertThat(text).contains(wanted);
            seen++;
          }
        }
      }
      assertThat(node.broker.stats().snapshot().sessions()).isEqualTo(8);
    }
  }

  /** What was written and not flushed is with TLS, not with the socket; it counts all the same. */
  @Test
  void whatTlsHoldsWaitsForTheClient() {
    var door = new TlsDoor(config.server().tls(), Duration.ofSeconds(1), Runnable::run);
    var channel = new EmbeddedChannel();
    channel.pipeline().addLast(door.handler(channel), new ChannelInboundHandlerAdapter());
    var connection =
        new NettyConnection(
            new Wire(channel.pipeline().lastContext(), null), null, false, () -> {});
    connection.writeText(new byte[1_000]);
    connection.writeBinary(new byte[1_000]);
    assertThat(connection.pendingBytes()).isGreaterThanOrEqualTo(2_000);
    var _ = channel.finishAndReleaseAll();
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void cutsAClientThatDoesNotRead(Transport transport) throws Exception {
    try (ServerFixture node = start(transport)) {
      WebSocket slow =
          client(first)
              .newWebSocketBuilder()
              .buildAsync(
                  URI.create("wss://localhost:" + node.port() + "/topics"),
                  new WebSocket.Listener() {
                    @Override
                    public void onOpen(WebSocket socket) {} // asks for nothing
                  })
              .join();
      slow.sendText("{\"subscribe\":\"a/b\"}", true).join();
      await().until(() -> node.broker.stats().snapshot().subscriptions() == 1);
      Payload large = Payload.of("x".repeat(100_000));
      for (int i = 0; i < 300; i++) {
        var _ = node.gate.publish("a/b", large);
      }
      await().until(() -> node.broker.stats().snapshot().slowDisconnects() == 1);
    }
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void goesOnWithAClientThatReadsAgain(Transport transport) throws Exception {
    NodeConfig lossy = config.withChannels(List.of(ChannelRule.of("a/b").withSlow(SlowPolicy.GAP)));
    try (var node = new ServerFixture(transport, lossy, StaticFiles.none())) {
      var frames = new LinkedBlockingQueue<String>();
      var listener =
          new WebSocket.Listener() {
            private final StringBuilder text = new StringBuilder();

            @Override
            public void onOpen(WebSocket socket) {} // asks for nothing yet

            @Override
            public CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
              text.append(part);
              if (last) {
                frames.add(text.toString());
                text.setLength(0);
              }
              return null;
            }
          };
      WebSocket slow =
          client(first)
              .newWebSocketBuilder()
              .buildAsync(URI.create("wss://localhost:" + node.port() + "/topics"), listener)
              .join();
      slow.sendText("{\"subscribe\":\"a/b\"}", true).join();
      await().until(() -> node.broker.stats().snapshot().subscriptions() == 1);
      Payload large = Payload.of("x".repeat(100_000));
      for (int i = 0; i < 300; i++) {
        var _ = node.gate.publish("a/b", large);
      }
      await().until(() -> node.broker.stats().snapshot().droppedForSlow() > 0);
      slow.request(Long.MAX_VALUE);
      await().until(() -> frames.stream().anyMatch(frame -> frame.endsWith("\"offset\":300}")));
      assertThat(frames).anyMatch(frame -> frame.startsWith("{\"gap\":{\"topic\":\"a/b\""));
      assertThat(node.broker.stats().snapshot().slowDisconnects()).isZero();
    }
  }

  /** The text messages of one WebSocket. */
  private static final class Texts implements WebSocket.Listener {
    private final LinkedBlockingQueue<String> texts = new LinkedBlockingQueue<>();
    private final StringBuilder part = new StringBuilder();
    final WebSocket socket;

    Texts(HttpClient client, int port) {
      socket =
          client
              .newWebSocketBuilder()
              .buildAsync(URI.create("wss://localhost:" + port + "/topics"), this)
              .join();
    }

    String next() {
      try {
        String text = texts.poll(10, TimeUnit.SECONDS);
        return text == null ? "nothing came" : text;
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
      part.append(data);
      if (last) {
        texts.add(part.toString());
        part.setLength(0);
      }
      from.request(1);
      return null;
    }

    @Override
    public CompletionStage<?> onClose(WebSocket from, int code, String reason) {
      texts.add("close " + code);
      return null;
    }
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void closesASessionInGoodOrder(Transport transport) throws Exception {
    ServerFixture node = start(transport);
    try {
      HttpClient client = client(first);
      var listener = new Texts(client, node.port());
      node.server.stop(Duration.ofSeconds(5));
      assertThat(listener.next()).isEqualTo("close 1001");
    } finally {
      node.close();
    }
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void tellsAClientOfPlainHttp(Transport transport) throws Exception {
    try (ServerFixture node = start(transport);
        var plain = new RawClient(node.port())) {
      HttpClient client = client(first);
      plain.write("GET /up HTTP/1.1\r\nHost: x\r\n\r\n".getBytes());
      assertThat(plain.response()).isEqualTo("400 this port speaks HTTPS and WSS only");
      assertThat(plain.isAtEnd()).isTrue();
      assertThat(node.server.tlsCounts()).containsEntry("plainConnections", 1L);
      assertThat(get(client, node.port(), "/up")).isEqualTo("200 ok");
    }
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void cutsAHandshakeThatFailsOrNeverEnds(Transport transport) throws Exception {
    config = config.withServer(config.server().withHandshakeTimeout(Duration.ofMillis(300)));
    try (ServerFixture node = start(transport);
        var silent = new RawClient(node.port());
        var garbage = new RawClient(node.port())) {
      HttpClient untrusting = client(TestCertificate.make(folder, "EC"));
      garbage.write(new byte[] {22, 3, 1, 0, 5, 9, 9, 9, 9, 9});
      silent.write(new byte[] {22, 3, 1});
      assertThat(garbage.ends()).isTrue();
      assertThat(silent.ends()).isTrue();
      assertThatThrownBy(() -> get(untrusting, node.port(), "/up"))
          .hasRootCauseInstanceOf(Exception.class);
      await()
          .untilAsserted(
              () -> assertThat(node.server.tlsCounts().get("handshakeFailures")).isPositive());
    }
  }

  @Test
  void speaksNoTlsBefore12() throws Exception {
    try (ServerFixture node = start(Transport.best())) {
      SSLContext context = TestCertificate.trusting(first);
      try (var socket =
          (SSLSocket) context.getSocketFactory().createSocket("localhost", node.port())) {
        socket.setEnabledProtocols(new String[] {"TLSv1.2"});
        socket.startHandshake();
        assertThat(socket.getSession().getProtocol()).isEqualTo("TLSv1.2");
      }
      assertThat(node.server.tlsCounts()).containsEntry("handshakeFailures", 0L);
    }
  }

  private static X509Certificate met(int port, TestCertificate... trusted) throws Exception {
    try (var socket =
        (SSLSocket)
            TestCertificate.trusting(trusted).getSocketFactory().createSocket("localhost", port)) {
      socket.startHandshake();
      return (X509Certificate) socket.getSession().getPeerCertificates()[0];
    }
  }

  @Test
  void newConnectionsMeetTheNewCertificate() throws Exception {
    TestCertificate second = TestCertificate.make(folder, "RSA");
    try (ServerFixture node = start(Transport.best())) {
      HttpClient before = client(first);
      var standing = new Texts(before, node.port());
      second.write(certificateFile, keyFile);
      await()
          .atMost(Duration.ofSeconds(15))
          .untilAsserted(
              () -> assertThat(met(node.port(), first, second)).isEqualTo(second.certificate()));
      standing.socket.sendText("{\"ping\":1}", true).join();
      assertThat(standing.next()).contains("pong"); // a standing connection does not notice
      assertThat(node.server.tlsCounts()).containsEntry("reloads", 1L);
    }
  }

  @Test
  void aPairThatCannotBeUsedLeavesTheOneBeforeInForce() throws Exception {
    try (ServerFixture node = start(Transport.best())) {
      Files.writeString(certificateFile, "nothing");
      await()
          .atMost(Duration.ofSeconds(15))
          .untilAsserted(
              () -> assertThat(node.server.tlsCounts()).containsEntry("reloadFailures", 1L));
      assertThat(met(node.port(), first)).isEqualTo(first.certificate());
    }
  }

  @Test
  void aHalfExchangedPairIsNotTaken() throws Exception {
    TestCertificate second = TestCertificate.make(folder, "EC");
    var door = new TlsDoor(config.server().tls(), Duration.ofSeconds(1), Runnable::run);
    Path elsewhere = folder.resolve("elsewhere.pem");
    second.write(certificateFile, elsewhere);
    door.look();
    assertThat(door.counts()).containsEntry("reloads", 0L).containsEntry("reloadFailures", 1L);
    door.look(); // is told once
    assertThat(door.counts()).containsEntry("reloadFailures", 1L);
    second.write(certificateFile, keyFile);
    door.look();
    assertThat(door.counts()).containsEntry("reloads", 1L);
  }

  @Test
  void saysWhatIsWrongWithTheFiles() throws Exception {
    TestCertificate second = TestCertificate.make(folder, "EC");
    Files.writeString(keyFile, TestCertificate.pem("PRIVATE KEY", second.key()));
    assertThat(refusal()).contains("server.tls: the key in").contains("is not that of");
    Files.writeString(keyFile, TestCertificate.pem("EC PRIVATE KEY", second.key()));
    assertThat(refusal()).contains("openssl pkcs8 -topk8 -nocrypt -in " + keyFile);
    Files.writeString(keyFile, TestCertificate.pem("PRIVATE KEY", new byte[] {1, 2, 3}));
    assertThat(refusal()).contains("holds no EC key");
    Files.delete(keyFile);
    assertThat(refusal()).contains("server.tls.key: cannot read " + keyFile);
    assertThatThrownBy(() -> new PortChoice.Tls("a.pem", ""))
        .hasMessage("certificate and key must both be set; it is the key that is missing");
  }

  private String refusal() {
    var thrown = org.assertj.core.api.Assertions.catchThrowable(() -> start(Transport.best()));
    assertThat(thrown).isInstanceOf(RunarException.class);
    return thrown.getMessage();
  }
}
