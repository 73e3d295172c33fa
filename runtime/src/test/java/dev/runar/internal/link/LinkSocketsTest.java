package dev.runar.internal.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.runar.Limits;
import dev.runar.NodeConfig;
import dev.runar.Payload;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.internal.boot.LinkHost;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Clients of the node's port whose handlers are on the other side of a link. */
@Timeout(60)
class LinkSocketsTest {
  private static final int MANY = 60;
  private static final String LONG_TEXT = "x".repeat(500_000);

  private final TestPeer peer = new TestPeer();
  private final LinkHost host =
      TestPeer.host(
          peer,
          NodeConfig.DEFAULT
              .withServer(NodeConfig.DEFAULT.server().withPort(0))
              .withLimits(Limits.DEFAULT.withQueuedBytes(10 << 20)));
  private final HttpClient http = HttpClient.newHttpClient();
  private final AtomicInteger sent = new AtomicInteger();
  private URI port;

  @BeforeEach
  void start() {
    peer.addService(
        "{'definition':{'path':'chat','sockets':['/chat','/members']},"
            + "'sockets':{'/chat':20,'/members':21},'accepts':{'/members':22}}");
    Frame started = peer.get(FrameKind.START, 0, Payload.object(), null);
    port = URI.create(String.valueOf(started.heads().list("urls").getFirst()));
  }

  @AfterEach
  void close() {
    http.shutdownNow();
    host.node().close();
    host.close("the test is over");
    peer.close();
  }

  @Test
  void aClientIsOpenedHeardAnsweredAndClosed() {
    var client = new Texts();
    WebSocket socket = connect("/chat?room=attic", client);
    Frame open = peer.next(FrameKind.OPEN);
    Head head = open.heads();
    int session = (int) head.number("session");
    assertThat(open.target()).isEqualTo(20);
    assertThat(head.text("path")).isEqualTo("/chat");
    assertThat(head.texts("query")).isEqualTo(Map.of("room", "attic"));
    assertThat(head.text("remoteAddress")).contains(":");

    socket.sendText("Grüße 🌍", true).join();
    Frame text = peer.next(FrameKind.MESSAGE);
    assertThat(text.target()).isEqualTo(session);
    assertThat(text.payloadOrNull().asString()).isEqualTo("Grüße 🌍");
    socket.sendBinary(ByteBuffer.wrap(new byte[] {1, 2}), true).join();
    assertThat(peer.next(FrameKind.MESSAGE).payloadOrNull().encoded()).containsExactly(1, 2);

    peer.send(Frame.at(FrameKind.SEND, session, 0, null).withPayload(Payload.of("hello")));
    assertThat(client.next()).isEqualTo("hello");

    socket.sendClose(4001, "as I say").join();
    Head closed = peer.next(FrameKind.CLOSED).heads();
    assertThat(closed.number("code")).isEqualTo(4001);
    assertThat(closed.text("reason")).isEqualTo("as I say");
  }

  @Test
  void aGroupGetsWhatIsSentToIt() {
    var one = new Texts();
    connect("/chat", one);
    int first = (int) peer.next(FrameKind.OPEN).heads().number("session");
    var two = new Texts();
    connect("/chat", two);
    int second = (int) peer.next(FrameKind.OPEN).heads().number("session");
    Payload group = Payload.object("group", "attic");
    peer.send(
        Frame.at(FrameKind.JOIN, first, 0, group), Frame.at(FrameKind.JOIN, second, 0, group));

    Frame sent = peer.get(FrameKind.SEND_TO_GROUP, 0, group, Payload.of("both"));
    assertThat(sent.heads().number("count")).isEqualTo(2);
    assertThat(one.next()).isEqualTo("both");
    assertThat(two.next()).isEqualTo("both");

    peer.send(Frame.at(FrameKind.LEAVE, second, 0, group));
    sent = peer.get(FrameKind.SEND_TO_GROUP, 0, group, Payload.of("one"));
    assertThat(sent.heads().number("count")).isEqualTo(1);
    assertThat(one.next()).isEqualTo("one");
  }

  @Test
  void theScriptClosesASession() {
    var client = new Texts();
    connect("/chat", client);
    int session = (int) peer.next(FrameKind.OPEN).heads().number("session");

    peer.send(
        Frame.at(
            FrameKind.CLOSE_SESSION, session, 0, Payload.object("code", 4002, "reason", "enough")));

    assertThat(client.next()).isEqualTo("closed 4002 enough");
  }

  @Test
  void theScriptSaysWhoMayConnect() {
    peer.handlers.put(
        22,
        ask -> {
          String name = ask.heads().texts("query").getOrDefault("name", "");
          if (name.isEmpty()) {
            peer.error(ask, new RunarException(Code.PERMISSION_DENIED, "who are you?"));
          } else {
            peer.result(ask, Payload.object("name", name));
          }
        });

    connect("/members?name=ada", new Texts());
    assertThat(peer.next(FrameKind.OPEN).heads().part("identity").text("text"))
        .isEqualTo("{\"name\":\"ada\"}");
    assertThatThrownBy(() -> connect("/members", new Texts()))
        .isInstanceOf(CompletionException.class)
        .cause()
        .isInstanceOfSatisfying(
            WebSocketHandshakeException.class,
            e -> assertThat(e.getResponse().statusCode()).isEqualTo(403));
  }

  @Test
  void aClientThatSendsMoreThanABusyScriptTakesIsHeardOfLater() {
    WebSocket socket = connect("/chat", new Texts());
    peer.next(FrameKind.OPEN);
    peer.keepsCount(false);

    CompletableFuture<Void> sending = sendAll(socket);
    await().until(() -> peer.others.size() >= 20); // of 500 kB, and 10 MiB may wait
    peer.keepsCount(true);

    assertThatAllIsHeard();
    sending.join();
    socket.sendClose(1000, "done").join();
    assertThat(peer.next(FrameKind.CLOSED).heads().number("code")).isEqualTo(1000);
  }

  @Test
  void aClientThatSendsMoreThanAFullTransportTakesIsHeardOfLater() {
    WebSocket socket = connect("/chat", new Texts());
    peer.next(FrameKind.OPEN);
    peer.refuses(true);

    CompletableFuture<Void> sending = sendAll(socket);
    await().until(() -> sent.get() >= 18); // of 500 kB, and 8 MiB may wait
    peer.refuses(false);

    assertThatAllIsHeard();
    sending.join();
    socket.sendClose(1000, "done").join();
    assertThat(peer.next(FrameKind.CLOSED).heads().number("code")).isEqualTo(1000);
  }

  private CompletableFuture<Void> sendAll(WebSocket socket) {
    return CompletableFuture.runAsync(
        () -> {
          for (int i = 0; i < MANY; i++) {
            socket.sendText(i + LONG_TEXT, true).join();
            sent.incrementAndGet();
          }
        });
  }

  private void assertThatAllIsHeard() {
    for (int i = 0; i < MANY; i++) {
      Frame message = peer.next(FrameKind.MESSAGE);
      assertThat(message.payloadOrNull().asString()).isEqualTo(i + LONG_TEXT);
    }
  }

  @Test
  void theEndOfTheScriptClosesItsClients() {
    var client = new Texts();
    connect("/chat", client);
    peer.next(FrameKind.OPEN);

    peer.die("killed");

    assertThat(client.next()).startsWith("closed 1013");
  }

  private WebSocket connect(String path, Texts listener) {
    URI uri = URI.create("ws://localhost:" + port.getPort() + path);
    return http.newWebSocketBuilder().buildAsync(uri, listener).join();
  }

  /** What a client hears, as texts. */
  private static final class Texts implements WebSocket.Listener {
    private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();

    String next() {
      try {
        return String.valueOf(heard.poll(10, TimeUnit.SECONDS));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return "interrupted";
      }
    }

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence text, boolean last) {
      heard.add(text.toString());
      from.request(1);
      return null;
    }

    @Override
    public CompletionStage<?> onClose(WebSocket from, int code, String reason) {
      heard.add("closed " + code + " " + reason);
      return null;
    }
  }
}
