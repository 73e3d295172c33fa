package dev.runar.internal.server;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.NodeConfig;
import dev.runar.PortChoice;
import dev.runar.apps.App;
import dev.runar.apps.AppStore;
import dev.runar.internal.broker.pusher.Apps;
import dev.runar.internal.broker.pusher.PusherPaths;
import dev.runar.internal.http.StaticFiles;
import dev.runar.internal.node.Delays;
import dev.runar.spi.Clock;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What clients of the Pusher dialect meet at the port, by TLS and while it drains: real sockets.
 */
@Timeout(60)
class PusherPortTest {
  private static final String PATH = "/app/key?protocol=7&version=8.6.0";

  @TempDir Path folder;

  private final Delays delays = Delays.system();

  @AfterEach
  void endDelays() {
    delays.close();
  }

  private ServerFixture start(Transport transport, NodeConfig config, App app) {
    var apps = new Apps(new One(app), Clock.system(), delays);
    return new ServerFixture(
        transport, config, StaticFiles.none(), gate -> new PusherPaths(apps, gate, ""));
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void p06ATlsOnlyAppTakesTlsAndRefusesPlain(Transport transport) throws Exception {
    App app = App.of("app", "key", "secret").withTlsOnly(true);
    TestCertificate certificate = TestCertificate.make(folder, "EC");
    Path certificateFile = folder.resolve("cert.pem");
    Path keyFile = folder.resolve("key.pem");
    certificate.write(certificateFile, keyFile);
    var tls = new PortChoice.Tls(certificateFile.toString(), keyFile.toString());
    NodeConfig overTls = NodeConfig.DEFAULT.withServer(NodeConfig.Server.DEFAULT.withTls(tls));
    HttpClient client =
        HttpClient.newBuilder().sslContext(TestCertificate.trusting(certificate)).build();
    try (ServerFixture node = start(transport, overTls, app)) {
      var heard = new Heard();
      URI url = URI.create("wss://localhost:" + node.port() + PATH);
      WebSocket socket = client.newWebSocketBuilder().buildAsync(url, heard).join();
      assertThat(heard.next()).startsWith("{\"event\":\"pusher:connection_established\"");
      socket.sendText("{\"event\":\"pusher:ping\",\"data\":{}}", true).join();
      assertThat(heard.next()).contains("pusher:pong");
    } finally {
      client.shutdownNow();
    }
    try (ServerFixture plain = start(transport, NodeConfig.DEFAULT, app);
        RawClient refused = RawClient.webSocket(plain.port(), PATH)) {
      assertThat(refused.next()).startsWith("close 4000 ");
    }
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void p10WhoComesWhileTheNodeDrainsIsUpgradedAndSentElsewhereWith4100(Transport transport)
      throws Exception {
    App app = App.of("app", "key", "secret");
    try (ServerFixture node = start(transport, NodeConfig.DEFAULT, app);
        RawClient before = RawClient.webSocket(node.port(), PATH)) {
      assertThat(before.next()).contains("pusher:connection_established");
      node.broker.turnAway(); // as the drain does, before it closes anybody
      try (RawClient late = RawClient.webSocket(node.port(), PATH)) {
        assertThat(late.next()).isEqualTo("close 4100 no room for another session");
      }
      try (RawClient late = new RawClient(node.port())) {
        late.write(RawClient.handshake("/topics").getBytes(US_ASCII));
        assertThat(late.response()).isEqualTo("503 no room for another session");
      }
      assertThat(node.broker.sessionCount()).as("the one before stays").isEqualTo(1);
    }
  }

  private record One(App app) implements AppStore {
    @Override
    public CompletionStage<Optional<App>> byKey(String key) {
      return CompletableFuture.completedFuture(Optional.of(app));
    }

    @Override
    public CompletionStage<Optional<App>> byId(String id) {
      return byKey(id);
    }
  }

  /** The text messages of one WebSocket. */
  private static final class Heard implements WebSocket.Listener {
    private final BlockingQueue<String> texts = new LinkedBlockingQueue<>();

    String next() throws InterruptedException {
      @Nullable String text = texts.poll(10, TimeUnit.SECONDS);
      return text == null ? "nothing came" : text;
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
      texts.add(data.toString());
      from.request(1);
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
      texts.add("close " + code);
      return null;
    }
  }
}
