package dev.runar.path;

import static dev.runar.path.PusherNode.QUERY;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.apps.App;
import dev.runar.apps.AppStore;
import dev.runar.apps.MessageRate;
import dev.runar.internal.protocol.ClientFrames;
import dev.runar.internal.server.RawClient;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Rows P01 to P18 and P26: who may connect, signs of life, and frames that are none. */
@Timeout(60)
class PusherConnectionTest {
  private @Nullable PusherNode node;

  private PusherNode node(App app) {
    node = PusherNode.start(app);
    return node;
  }

  private PusherNode node() {
    return node(PusherNode.APP);
  }

  @AfterEach
  void stop() {
    if (node != null) {
      node.close();
    }
  }

  @Test
  void p01p02p03p04AClientIsToldItsSocketAndTheActivityTimeout() {
    try (Client client = node().open("/app/key?protocol=7&client=js&version=8.6.0&flash=false")) {
      assertThat(client.next())
          .matches(
              "\\{\"event\":\"pusher:connection_established\",\"data\":"
                  + "\"\\{\\\\\"socket_id\\\\\":\\\\\"\\d+\\.\\d+\\\\\","
                  + "\\\\\"activity_timeout\\\\\":120\\}\"\\}");
    }
  }

  @Test
  void p04SocketIdsAreUnlikeEachOther() {
    node();
    try (var one = node.connect();
        var two = node.connect()) {
      assertThat(one.socketId()).matches("\\d+\\.\\d+").isNotEqualTo(two.socketId());
      assertThat(one.socketId().split("\\.")[0]).isNotEqualTo(two.socketId().split("\\.")[0]);
    }
  }

  private String closed(String pathAndQuery) {
    try (Client client = node.open(pathAndQuery)) {
      String closed = client.closed();
      assertThat(client.received).as("nothing is said before").isEmpty();
      return closed;
    }
  }

  @Test
  void p05AnUnknownKey() {
    node();
    assertThat(closed("/app/other" + QUERY)).isEqualTo("4001 there is no app with this key");
  }

  @Test
  void p05ADisabledApp() {
    node(PusherNode.APP.withEnabled(false));
    assertThat(closed("/app/key" + QUERY)).isEqualTo("4003 the app is disabled");
  }

  @Test
  void p05OverQuotaIsReallyClosedAndThePlaceComesBack() {
    node(PusherNode.APP.withLimits(PusherNode.APP.limits().withConnections(1)));
    try (var one = node.connect()) {
      assertThat(closed("/app/key" + QUERY)).startsWith("4004 ");
      assertThat(one.untilPong()).isEmpty();
    }
    Awaitility.await()
        .atMost(40, TimeUnit.SECONDS)
        .untilAsserted(
            () -> {
              try (Client client = node.open("/app/key" + QUERY)) {
                assertThat(client.received.poll(2, TimeUnit.SECONDS))
                    .contains("connection_established");
              }
            });
  }

  @Test
  void p06PlainOnATlsOnlyApp() {
    node(PusherNode.APP.withTlsOnly(true));
    assertThat(closed("/app/key" + QUERY)).startsWith("4000 ");
  }

  @Test
  void p06ABadPath() {
    node();
    assertThat(closed("/app" + QUERY)).isEqualTo("4005 the path is not /app/{key}");
    assertThat(closed("/app/" + QUERY)).startsWith("4005 ");
    assertThat(closed("/app/key/more" + QUERY)).startsWith("4005 ");
  }

  @Test
  void p07VersionAndProtocol() {
    node();
    assertThat(closed("/app/key?protocol=7&version=8.x%20y")).startsWith("4006 ");
    assertThat(closed("/app/key?protocol=8&version=8.6.0")).startsWith("4007 ");
    assertThat(closed("/app/key?protocol=seven")).startsWith("4007 ");
    assertThat(closed("/app/key?version=8.6.0")).startsWith("4008 ");
    assertThat(closed("/app/key")).startsWith("4008 ");
  }

  @Test
  void p08Protocol5IsSpokenAndHearsOfErrorsBeforeTheClose() {
    node();
    try (Client client = node.open("/app/key?protocol=5&client=java-client&version=2.4.4")) {
      assertThat(client.next()).contains("connection_established");
    }
    try (Client client = node.open("/app/other?protocol=5")) {
      assertThat(client.next())
          .isEqualTo(
              "{\"event\":\"pusher:error\",\"data\":{\"code\":4001,"
                  + "\"message\":\"there is no app with this key\"}}");
      assertThat(client.closed()).startsWith("4001 ");
    }
    try (Client client = node.open("/app/key?protocol=4")) {
      assertThat(client.next()).contains("\"code\":4007");
      assertThat(client.closed()).startsWith("4007 ");
    }
  }

  private String firstFrom(@Nullable String origin) throws IOException {
    try (var client = new RawClient(node.port())) {
      String head = RawClient.handshake("/app/key" + QUERY);
      String line = origin == null ? "" : "Origin: " + origin + "\r\n";
      client.write(head.replace("Host: x\r\n", "Host: x\r\n" + line).getBytes(ISO_8859_1));
      assertThat(client.head()).startsWith("HTTP/1.1 101 ");
      return client.next();
    }
  }

  @Test
  void p09OriginsThatMayConnect() throws IOException {
    node(PusherNode.APP.withOrigins(List.of("example.com", "*.example.org")));
    assertThat(firstFrom("https://example.com")).contains("connection_established");
    assertThat(firstFrom("https://EXAMPLE.com:8443")).contains("connection_established");
    assertThat(firstFrom("http://a.b.example.org")).contains("connection_established");
    assertThat(firstFrom(null)).contains("connection_established");
    assertThat(firstFrom("https://example.com.evil.net")).startsWith("close 4009 ");
    assertThat(firstFrom("https://example.org")).startsWith("close 4009 ");
    assertThat(firstFrom("null")).startsWith("close 4009 ");
  }

  /** A store that answers when the test says so. */
  private record Late(CompletableFuture<Optional<App>> answer) implements AppStore {
    @Override
    public CompletionStage<Optional<App>> byKey(String key) {
      return answer;
    }

    @Override
    public CompletionStage<Optional<App>> byId(String id) {
      return answer;
    }
  }

  @Test
  void p09AStoreThatFailsHasNoRoom() {
    node = new PusherNode(new Late(CompletableFuture.failedFuture(new IOException("down"))));
    assertThat(closed("/app/key" + QUERY)).startsWith("4100 ");
  }

  @Test
  void p09ANodeWithoutRoomClosesWith4100() {
    var config = ScriptNode.CONFIG.withLimits(ScriptNode.CONFIG.limits().withSessions(1));
    node = PusherNode.start(PusherNode.APP, config);
    try (var one = node.connect()) {
      assertThat(closed("/app/key" + QUERY)).isEqualTo("4100 no room for another session");
      assertThat(one.untilPong()).isEmpty();
    }
  }

  @Test
  void p26NothingIsTakenBeforeTheConnectionIsEstablished() {
    var answer = new CompletableFuture<Optional<App>>();
    node = new PusherNode(new Late(answer));
    try (Client client = node.open("/app/key" + QUERY)) {
      client.send("{\"event\":\"pusher:subscribe\",\"data\":{\"channel\":\"private-a\"}}");
      assertThat(client.next()).contains("pusher:error", "not established yet");
      answer.complete(Optional.of(PusherNode.APP));
      assertThat(client.next()).contains("connection_established");
      var _ = node.node.publish("$app/app/private-a", dev.runar.Payload.of("x")).join();
      client.send("{\"event\":\"pusher:ping\"}");
      assertThat(client.next()).isEqualTo("{\"event\":\"pusher:pong\",\"data\":\"{}\"}");
    }
  }

  @Test
  void p12PingsOfBothKinds() throws IOException {
    node();
    try (RawClient client = RawClient.webSocket(node.port(), "/app/key" + QUERY)) {
      assertThat(client.next()).contains("connection_established");
      client.say("{\"event\":\"pusher:ping\",\"data\":{}}");
      assertThat(client.next()).isEqualTo("{\"event\":\"pusher:pong\",\"data\":\"{}\"}");
      client.write(ClientFrames.frame(0x89, "abc".getBytes(UTF_8)));
      assertThat(client.next()).isEqualTo("pong abc");
    }
  }

  @Test
  void p13p10ASilentClientIsPingedAndClosed() {
    node(
        PusherNode.APP
            .withActivityTimeout(Duration.ofSeconds(1))
            .withPingTimeout(Duration.ofSeconds(1)));
    try (Client client = node.open("/app/key" + QUERY)) {
      assertThat(client.next()).contains("\\\"activity_timeout\\\":1}");
      assertThat(client.next()).isEqualTo("{\"event\":\"pusher:ping\",\"data\":\"{}\"}");
      client.send("{\"event\":\"pusher:pong\",\"data\":{}}");
      assertThat(client.next()).as("it counts as alive").contains("pusher:ping");
      assertThat(client.closed()).isEqualTo("4201 no pong was received in time");
    }
  }

  private void staysAfter(PusherNode.Connected client, String message) {
    assertThat(client.say(message).next())
        .as(message)
        .startsWith("{\"event\":\"pusher:error\",\"data\":{\"code\":4200,\"message\":");
  }

  @Test
  void p14p15BadMessagesAreAnsweredAndTheConnectionStays() {
    node();
    try (var client = node.connect()) {
      staysAfter(client, "hello");
      staysAfter(client, "");
      staysAfter(client, "[]");
      staysAfter(client, "{");
      staysAfter(client, "{\"data\":{}}");
      staysAfter(client, "{\"event\":1}");
      staysAfter(client, "{\"event\":{\"a\":[]}}");
      staysAfter(client, "{\"event\":\"pusher:subscribe\"}");
      staysAfter(client, "{\"event\":\"pusher:subscribe\",\"data\":1}");
      staysAfter(client, "{\"event\":\"pusher:subscribe\",\"data\":\"{\"}");
      staysAfter(client, "{\"event\":\"pusher:subscribe\",\"data\":{\"channel\":7}}");
      staysAfter(
          client, "{\"event\":\"pusher:subscribe\",\"data\":{\"channel\":\"a\",\"auth\":1}}");
      staysAfter(client, "{\"event\":\"pusher:ping\"}x");
      staysAfter(client, "{\"event\":\"pusher:dance\"}");
      staysAfter(client, "{\"event\":\"dance\",\"channel\":\"a\"}");
      staysAfter(client, "{\"event\":\"client-dance\"}");
      staysAfter(client, "[".repeat(5_000));
      assertThat(client.subscribe("news")).contains("subscription_succeeded");
    }
  }

  @Test
  void p16BinaryIsRefusedAndClosed() {
    node();
    try (var client = node.connect();
        var peer = node.connect()) {
      client.client().send(new byte[] {1, 2, 3});
      assertThat(client.next()).contains("pusher:error", "binary");
      assertThat(client.client().closed())
          .isEqualTo("1003 binary messages are not part of the protocol");
      assertThat(peer.untilPong()).isEmpty();
    }
  }

  /** False once the node has closed: it may do so while the client still talks. */
  private static boolean couldSay(PusherNode.Connected client, String text) {
    try {
      client.say(text);
      return !client.client().closed.isDone();
    } catch (CompletionException e) {
      return false;
    }
  }

  @Test
  void p14AClientThatHasNoEndOfBadMessagesIsClosed() {
    node();
    try (var client = node.connect();
        var peer = node.connect()) {
      for (int i = 0; i < 2_000 && couldSay(client, "{"); i++) {}
      assertThat(client.client().closed())
          .isEqualTo("4301 too many messages of the client had to be refused");
      assertThat(peer.untilPong()).isEmpty();
    }
  }

  @Test
  void p17AMessageAtTheLimitAndOneByteMore() {
    node(PusherNode.APP.withLimits(PusherNode.APP.limits().withMessageBytes(100)));
    try (var client = node.connect()) {
      String ping = "{\"event\":\"pusher:ping\",\"data\":\"\"}";
      String atLimit = ping.replace("\"\"", "\"" + "a".repeat(100 - ping.length()) + "\"");
      assertThat(atLimit).hasSize(100);
      assertThat(client.say(atLimit).next()).contains("pusher:pong");
      assertThat(client.say(atLimit + " ").next())
          .contains("pusher:error", "has 101 bytes; at most 100");
      assertThat(client.untilPong()).isEmpty();
    }
  }

  private static App sendingAtMostTwo(boolean close) {
    return PusherNode.APP.withMessageRate(new MessageRate(2, Duration.ofHours(1), close));
  }

  @Test
  void messagesThatComeTooFastAreRefused() {
    node(sendingAtMostTwo(false));
    try (var client = node.connect()) {
      assertThat(client.untilPong()).isEmpty();
      assertThat(client.subscribe("news")).contains("subscription_succeeded");
      assertThat(client.next()).contains("subscription_count");
      assertThat(client.say("{\"event\":\"pusher:ping\"}").next())
          .contains("\"code\":4301", "at most 2 messages in 3600000 ms");
      node.publish("news", "said", 1);
      assertThat(client.next()).as("the connection stays").contains("said");
    }
  }

  @Test
  void messagesThatComeTooFastCloseWhereTheAppSaysSo() {
    node(sendingAtMostTwo(true));
    try (var client = node.connect()) {
      assertThat(client.untilPong()).isEmpty();
      assertThat(client.untilPong()).isEmpty();
      assertThat(client.say("{").next()).contains("\"code\":4301");
      assertThat(client.client().closed()).startsWith("4301 ");
    }
  }

  @Test
  void p18FragmentsWithAPingBetweenAndBadUtf8() throws IOException {
    node();
    try (RawClient client = RawClient.webSocket(node.port(), "/app/key" + QUERY)) {
      assertThat(client.next()).contains("connection_established");
      client.write(ClientFrames.frame(0x01, "{\"event\":\"pus".getBytes(UTF_8)));
      client.write(ClientFrames.frame(0x89, "x".getBytes(UTF_8)));
      client.write(ClientFrames.frame(0x80, "her:ping\"}".getBytes(UTF_8)));
      assertThat(client.next()).isEqualTo("pong x");
      assertThat(client.next()).contains("pusher:pong");
      client.write(ClientFrames.frame(0x81, new byte[] {(byte) 0xc3, 0x28}));
      assertThat(client.next()).startsWith("close 1007 ");
    }
  }
}
