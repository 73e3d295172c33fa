package dev.runar.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.runar.Node;
import dev.runar.NodeConfig;
import dev.runar.Payload;
import dev.runar.channels.ChannelRule;
import dev.runar.channels.FullPolicy;
import dev.runar.channels.OfflineOptions;
import dev.runar.channels.OfflineOptions.Level;
import dev.runar.channels.SlowPolicy;
import dev.runar.channels.TokenKeys;
import dev.runar.internal.server.RawClient;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A channel that spills, on real sockets and a real disk. */
@Timeout(300)
class SpillNodeTest {
  private static final String SECRET = "a secret of at least thirty-two bytes";
  private static final String FILL = "x".repeat(4_000);
  private static final Pattern NUMBER =
      Pattern.compile("\\{\"(topic|message)\":.*\"data\":\"(\\d+)x+\".*");
  private static final Pattern ID = Pattern.compile(".*\"group\":\"t\",\"id\":(\\d+),.*");

  @TempDir Path folder;

  /** A client that reads when it is told to. */
  private static final class Reader implements WebSocket.Listener {
    final BlockingQueue<String> frames = new LinkedBlockingQueue<>();
    private final StringBuilder text = new StringBuilder();
    volatile boolean reads = true;

    @Override
    public void onOpen(WebSocket socket) {
      socket.request(1);
    }

    @Override
    public CompletionStage<?> onText(WebSocket socket, CharSequence part, boolean last) {
      text.append(part);
      if (last) {
        frames.add(text.toString());
        text.setLength(0);
      }
      if (reads) {
        socket.request(1);
      }
      return null;
    }

    /** The next frame, as soon as it is there. */
    String next() throws InterruptedException {
      String frame = frames.poll(60, TimeUnit.SECONDS);
      assertThat(frame).as("a frame within 60 s").isNotNull();
      return frame;
    }
  }

  private static long spilled(Node node) {
    return ((Number) port(node).get("spilled")).longValue();
  }

  @Test
  void aClientThatDoesNotReadForAWhileGetsAllInOrder() throws Exception {
    String token = token();
    NodeConfig config =
        ScriptNode.CONFIG
            .withServer(ScriptNode.CONFIG.server().withTokens(TokenKeys.NONE.withSecret(SECRET)))
            .withChannels(List.of(ChannelRule.of("t").withSlow(SlowPolicy.SPILL)))
            .withOffline(
                OfflineOptions.DEFAULT
                    .at(folder.toString(), Level.WRITTEN)
                    .holding(100_000, 512 << 20, FullPolicy.REFUSE_NEW)
                    .holdingInAll(100_000, 512L << 20, 100));
    try (Node node = Node.builder().config(config).start()) {
      var reader = new Reader();
      var uri = URI.create("ws://127.0.0.1:" + node.urls().get(0).getPort() + "/topics");
      WebSocket socket =
          HttpClient.newHttpClient().newWebSocketBuilder().buildAsync(uri, reader).join();
      var _ =
          socket
              .sendText("{\"connect\":{\"token\":\"" + token + "\",\"client\":\"phone\"}}", true)
              .join();
      assertThat(reader.next()).contains("connected");
      var _ = socket.sendText("{\"subscribe\":\"t\"}", true).join();
      assertThat(reader.next()).contains("subscribed");

      reader.reads = false;
      int published = 0;
      try (Client quick = quick(uri, token)) {
        while (spilled(node) < 500) {
          for (int i = 0; i < 100; i++) {
            published++;
            var _ = node.publish("t", Payload.of(published + FILL)).join();
          }
          for (int i = 0; i < 100; i++) {
            assertThat(quick.next()).startsWith("{\"topic\""); // else its event loop is behind
          }
        }
      }
      reader.reads = true;
      socket.request(1);

      read(reader, socket, published);
      published++;
      var _ = node.publish("t", Payload.of(published + FILL)).join();
      String frame = reader.next();
      while (frame.startsWith("{\"acked\"")) { // of the last messages
        frame = reader.next();
      }
      assertThat(frame).startsWith("{\"topic\":\"t\",\"data\":\"" + published + "x");
      socket.abort();
    }
  }

  private static String token() throws JOSEException {
    var token =
        new SignedJWT(
            new JWSHeader(JWSAlgorithm.HS256), new JWTClaimsSet.Builder().subject("ann").build());
    token.sign(new MACSigner(SECRET));
    return token.serialize();
  }

  private static Client quick(URI uri, String token) {
    Client quick = Client.connect(uri);
    assertThat(quick.send("{\"connect\":{\"token\":\"" + token + "\"}}").next())
        .contains("connected");
    assertThat(quick.send("{\"subscribe\":\"t\"}").next()).contains("subscribed");
    return quick;
  }

  /** Each comes once, first by itself, then as messages that are acknowledged. */
  private static void read(Reader reader, WebSocket socket, int published)
      throws InterruptedException {
    int last = 0;
    boolean isSpilled = false;
    var ids = new ArrayList<String>();
    String frame = reader.next();
    for (; !frame.startsWith("{\"live\""); frame = reader.next()) {
      Matcher number = NUMBER.matcher(frame);
      if (number.matches()) {
        last++;
        assertThat(number.group(2)).isEqualTo(String.valueOf(last));
        assertThat(number.group(1)).isEqualTo(isSpilled ? "message" : "topic");
        assertThat(frame).endsWith(",\"offset\":" + last + (isSpilled ? "}}" : "}"));
        Matcher id = ID.matcher(frame);
        if (id.matches()) {
          ids.add(id.group(1));
        }
        if (ids.size() == 100) {
          var _ =
              socket
                  .sendText("{\"ack\":[" + String.join(",", ids) + "],\"group\":\"t\"}", true)
                  .join();
          ids.clear();
        }
      } else if (frame.startsWith("{\"spilled\"")) {
        assertThat(frame).isEqualTo("{\"spilled\":{\"topic\":\"t\",\"from\":" + (last + 1) + "}}");
        isSpilled = true;
      } else {
        assertThat(frame).startsWith("{\"acked\":[").contains("\"unknown\":[],");
      }
    }
    assertThat(frame).isEqualTo("{\"live\":{\"topic\":\"t\",\"from\":" + (published + 1) + "}}");
    assertThat(last).isEqualTo(published);
  }

  /** What a spill has joined is a queue as any other, and counts as one. */
  @Test
  void whereThereIsNoQueueForItASlowClientIsDisconnected() throws Exception {
    NodeConfig config =
        spilling(
            OfflineOptions.DEFAULT
                .at(folder.toString(), Level.WRITTEN)
                .holdingInAll(100_000, 512L << 20, 1));
    Payload phone = Payload.object("group", "t", "user", "ann", "client", "phone");
    try (Node node = Node.builder().config(config).start()) {
      try (RawClient slow = stalled(node, "phone")) {
        publishUntil(node, () -> spilled(node) > 10);
        assertThat(slowDisconnects(node)).isZero();
      }
      // It is the only queue that may be: one more client that does not read is disconnected.
      try (RawClient other = stalled(node, "laptop")) {
        publishUntil(node, () -> slowDisconnects(node) == 1);
        assertThat(other.lastOfAll()).startsWith("close 4008 too slow");
      }
      assertThat(offline(node, "queues")).isEqualTo(1);
      assertThat(members(node)).contains("phone").doesNotContain("laptop");

      var _ = node.request("$offline/leave", phone).join();
      assertThat(offline(node, "queues")).isZero();
      try (RawClient other = stalled(node, "laptop")) { // now there is a queue for it
        long before = spilled(node);
        publishUntil(node, () -> spilled(node) > before);
        assertThat(other.next()).startsWith("{\"topic\":\"t\"");
        assertThat(slowDisconnects(node)).isEqualTo(1);
        assertThat(members(node)).contains("laptop");
      }
    }
  }

  @Test
  void whatNobodyComesBackForAgesOutAndTheQueueGoesWithIt() throws Exception {
    NodeConfig config =
        spilling(
            OfflineOptions.DEFAULT
                .at(folder.toString(), Level.WRITTEN)
                .waiting(Duration.ofSeconds(1)));
    try (Node node = Node.builder().config(config).start()) {
      try (RawClient slow = stalled(node, "phone")) {
        publishUntil(node, () -> spilled(node) > 10);
      }
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> offline(node, "queues") == 0 && offline(node, "bytes") == 0);
      assertThat(offline(node, "messages")).isZero();
      assertThat(offline(node, "expired")).isGreaterThan(10);
    }
  }

  private static NodeConfig spilling(OfflineOptions offline) {
    return ScriptNode.CONFIG
        .withServer(ScriptNode.CONFIG.server().withTokens(TokenKeys.NONE.withSecret(SECRET)))
        .withLimits(ScriptNode.CONFIG.limits().withSessionBytes(100_000).withSocketBytes(16_384))
        .withChannels(List.of(ChannelRule.of("t").withSlow(SlowPolicy.SPILL)))
        .withOffline(offline);
  }

  /** A client of ann that has subscribed, and reads no more. */
  private static RawClient stalled(Node node, String device) throws Exception {
    RawClient client =
        RawClient.webSocket(new RawClient(node.urls().get(0).getPort(), 4_096), "/topics");
    client.say("{\"connect\":{\"token\":\"" + token() + "\",\"client\":\"" + device + "\"}}");
    assertThat(client.next()).contains("connected");
    client.say("{\"subscribe\":\"t\"}");
    assertThat(client.next()).contains("subscribed");
    return client;
  }

  /** At most 20 MB, which is far more than a session and its socket hold. */
  private static void publishUntil(Node node, BooleanSupplier isEnough) {
    int published = 0;
    while (!isEnough.getAsBoolean()) {
      published++;
      assertThat(published).isLessThan(5_000);
      var _ = node.publish("t", Payload.of(published + FILL)).join();
    }
  }

  private static String members(Node node) {
    return node.request("$offline/members", Payload.object("group", "t")).join().text();
  }

  private static Map<?, ?> port(Node node) {
    Payload status = node.request("$runtime/status", Payload.of(null)).join();
    return (Map<?, ?>) status.asMap().get("port");
  }

  private static long slowDisconnects(Node node) {
    return ((Number) port(node).get("slowDisconnects")).longValue();
  }

  private static long offline(Node node, String key) {
    return ((Number) ((Map<?, ?>) port(node).get("offline")).get(key)).longValue();
  }
}
