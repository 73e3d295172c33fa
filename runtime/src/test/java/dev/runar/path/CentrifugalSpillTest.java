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
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A channel that spills, for clients of the Centrifugal dialect, on real sockets. */
@Timeout(180)
class CentrifugalSpillTest {
  private static final String SECRET = "a secret of at least thirty-two bytes";
  private static final String KILOBYTE = "x".repeat(1_000);
  private static final int SPILLED = 60;

  private static final Pattern PUBLICATION =
      Pattern.compile(
          "\\{\"push\":\\{\"channel\":\"t\",\"pub\":\\{\"data\":\"(\\d+)x+\",\"offset\":\\1}}}");
  private static final Pattern MESSAGE =
      Pattern.compile(
          "\\{\"push\":\\{\"message\":\\{\"data\":\\{\"offline\":\\{\"group\":\"t\",\"id\":(\\d+),"
              + "\"data\":\"(\\d+)x+\",\"deliveries\":(\\d+),\"redelivered\":(true|false)"
              + "(?:,\"offset\":\\2)?}}}}}");

  @TempDir Path folder;

  private Node node;
  private int published;

  @BeforeEach
  void start() {
    NodeConfig config =
        ScriptNode.CONFIG
            .withServer(ScriptNode.CONFIG.server().withTokens(TokenKeys.NONE.withSecret(SECRET)))
            .withLimits(
                ScriptNode.CONFIG.limits().withSessionBytes(100_000).withSocketBytes(16_384))
            .withChannels(List.of(ChannelRule.of("t").withSlow(SlowPolicy.SPILL)))
            .withOffline(
                OfflineOptions.DEFAULT
                    .at(folder.toString(), Level.WRITTEN)
                    .holding(10_000, 64 << 20, FullPolicy.REFUSE_NEW));
    node = Node.builder().config(config).start();
  }

  @AfterEach
  void stop() {
    node.close();
  }

  private static String token() {
    try {
      var claims = new JWTClaimsSet.Builder().subject("ann").build();
      var token = new SignedJWT(new JWSHeader(JWSAlgorithm.HS256), claims);
      token.sign(new MACSigner(SECRET));
      return token.serialize();
    } catch (JOSEException e) {
      throw new AssertionError(e);
    }
  }

  private int port() {
    return node.urls().get(0).getPort();
  }

  private static String connect() {
    return "{\"id\":1,\"connect\":{\"token\":\"" + token() + "\"}}";
  }

  private static String subscribe() {
    return "{\"id\":3,\"subscribe\":{\"channel\":\"t\"}}";
  }

  private static String call(int id, String action, String data) {
    return "{\"id\":%d,\"rpc\":{\"method\":\"$offline/%s\",\"data\":%s}}"
        .formatted(id, action, data);
  }

  private static String name() {
    return call(2, "connect", "{\"connect\":{\"client\":\"phone\"}}");
  }

  /** Over a WebSocket; it has connected. */
  private RawClient webSocket() throws IOException {
    RawClient client = RawClient.webSocket(new RawClient(port(), 4_096), "/connection/websocket");
    client.say(connect());
    assertThat(client.next()).contains("\"connect\":{");
    return client;
  }

  private void publish() {
    published++;
    var _ = node.publish("t", Payload.of(published + KILOBYTE)).join();
  }

  private void publishUntilSpilled() {
    while (count("spilled") < SPILLED) {
      publish();
      assertThat(count("slowDisconnects")).isZero();
    }
  }

  private Map<String, Object> portStatus() {
    Payload status = node.request("$runtime/status", Payload.of(null)).join();
    return ScriptNode.map(status.asMap().get("port"));
  }

  private long count(String key) {
    return ScriptNode.number(portStatus(), key);
  }

  /** Messages in all queues. */
  private long waiting() {
    return ScriptNode.number(ScriptNode.map(portStatus().get("offline")), "messages");
  }

  /** One way to a client, and back. */
  private interface Line {
    String next() throws IOException;

    void say(String command) throws IOException;
  }

  /** What has come to one client. */
  private static final class Seen {
    int last;
    boolean isSpilled;
    final List<String> waiting = new ArrayList<>();

    /** Reads until the client is told that events come by themselves; acknowledges meanwhile. */
    void readAll(Line line) throws IOException {
      int id = 100;
      for (String message = line.next(); ; message = line.next()) {
        Matcher publication = PUBLICATION.matcher(message);
        Matcher offline = MESSAGE.matcher(message);
        if (publication.matches()) {
          assertThat(isSpilled).isFalse();
          take(publication.group(1));
        } else if (offline.matches()) {
          assertThat(isSpilled).isTrue();
          assertThat(offline.group(4)).isEqualTo("false");
          take(offline.group(2));
          waiting.add(offline.group(1));
        } else if (message.equals(told("spilled", last + 1))) {
          isSpilled = true;
        } else if (message.equals(told("live", last + 1))) {
          isSpilled = false;
          return;
        } else {
          assertThat(message).contains("\"rpc\":{\"data\":{\"acked\":[", "\"unknown\":[]");
        }
        if (waiting.size() == 50) {
          acknowledge(line, id++);
        }
      }
    }

    void acknowledge(Line line, int id) throws IOException {
      String ack = "{\"ack\":[" + String.join(",", waiting) + "],\"group\":\"t\"}";
      waiting.clear();
      line.say(call(id, "ack", ack));
    }

    private void take(String number) {
      last++;
      assertThat(number).isEqualTo(String.valueOf(last));
    }
  }

  private static String told(String what, int from) {
    return "{\"push\":{\"message\":{\"data\":{\"%s\":{\"topic\":\"t\",\"from\":%d}}}}}"
        .formatted(what, from);
  }

  private static String pushed(int number) {
    return "{\"push\":{\"channel\":\"t\",\"pub\":{\"data\":\"%d%s\",\"offset\":%d}}}"
        .formatted(number, KILOBYTE, number);
  }

  @Test
  void aSlowClientGetsItsMessagesFromItsQueueWhenItReads() throws Exception {
    try (RawClient phone = webSocket()) {
      phone.say(name());
      assertThat(phone.next()).contains("\"user\":\"ann\",\"client\":\"phone\"");
      phone.say(subscribe());
      assertThat(phone.next()).startsWith("{\"id\":3,\"subscribe\":{");
      spillAndRead(
          new Line() {
            @Override
            public String next() throws IOException {
              return phone.next();
            }

            @Override
            public void say(String command) throws IOException {
              phone.say(command);
            }
          });
    }
  }

  @Test
  void soDoesOneWhoseSessionIsAResponse() throws Exception {
    String path = "/connection/http_stream";
    String begin = connect() + "\n" + name() + "\n" + subscribe();
    try (RawStream phone = RawStream.open(new Socket(), port(), path, begin);
        StreamClient beside =
            StreamClient.post("http://127.0.0.1:" + port(), path, connect())) { // says for it
      String key = StreamClient.key(phone.next());
      assertThat(phone.next()).contains("\"user\":\"ann\",\"client\":\"phone\"");
      assertThat(phone.next()).startsWith("{\"id\":3,\"subscribe\":{");
      spillAndRead(
          new Line() {
            @Override
            public String next() throws IOException {
              return phone.next();
            }

            @Override
            public void say(String command) {
              assertThat(beside.say(key, command)).isEqualTo(204);
            }
          });
    }
  }

  private void spillAndRead(Line phone) throws IOException {
    publishUntilSpilled();
    var seen = new Seen();
    seen.readAll(phone);
    assertThat(seen.last).isEqualTo(published);
    if (!seen.waiting.isEmpty()) {
      seen.acknowledge(phone, 99);
    }
    publish();
    String message = phone.next();
    while (message.contains("\"acked\":[")) {
      message = phone.next();
    }
    assertThat(message).isEqualTo(pushed(published));
    assertThat(count("spilled")).isLessThan(published);
    assertThat(count("droppedForSlow")).isZero();
    await().atMost(Duration.ofSeconds(30)).until(() -> waiting() == 0);
  }

  @Test
  void whatItDidNotReadComesToItsNextSession() throws Exception {
    long spilled;
    try (RawClient phone = webSocket()) {
      phone.say(name() + "\n" + subscribe());
      assertThat(phone.next()).contains("\"client\":\"phone\"");
      publishUntilSpilled();
      long before = count("messagesIn");
      phone.say("{}"); // its event loop takes what was published before it hears that
      await().atMost(Duration.ofSeconds(30)).until(() -> count("messagesIn") > before);
      spilled = count("spilled");
    }
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> count("sessions") == 0 && waiting() == spilled);
    try (RawClient again = webSocket()) {
      again.say(name());
      assertThat(again.next()).contains("\"client\":\"phone\"");
      again.say(call(4, "unacked", "{\"unacked\":\"t\"}"));
      assertThat(again.next())
          .isEqualTo(
              "{\"id\":4,\"rpc\":{\"data\":{\"unacked\":\"t\",\"waiting\":" + spilled + "}}}");
      for (long number = published - spilled + 1; number <= published; number++) {
        Matcher message = MESSAGE.matcher(again.next());
        assertThat(message.matches()).isTrue();
        assertThat(message.group(2)).isEqualTo(String.valueOf(number));
      }
    }
  }

  @Test
  void whoHasNotSaidWhichClientItIsIsDisconnected() throws Exception {
    try (RawClient nameless = webSocket()) {
      nameless.say(subscribe());
      assertThat(nameless.next()).startsWith("{\"id\":3,\"subscribe\":{");
      while (count("slowDisconnects") == 0) {
        publish();
      }
      assertThat(nameless.lastOfAll()).startsWith("close 3008 too slow");
      assertThat(count("spilled")).isZero();
    }
  }
}
