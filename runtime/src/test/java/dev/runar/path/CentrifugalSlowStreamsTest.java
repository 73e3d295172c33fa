package dev.runar.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.runar.Node;
import dev.runar.NodeConfig;
import dev.runar.Payload;
import dev.runar.PortChoice;
import dev.runar.channels.ChannelRule;
import dev.runar.channels.SlowPolicy;
import dev.runar.internal.server.TestCertificate;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Clients of the Centrifugal protocol over HTTP that stop reading, on real sockets. */
@Timeout(180)
class CentrifugalSlowStreamsTest {
  private static final int BUDGET = 100_000;
  private static final String KILOBYTE = "x".repeat(1_000);
  private static final int ROUND = 10;

  /**
   * What the systems of both sides hold for a connection that they were asked to hold little of.
   */
  private static final int OF_THE_SYSTEMS = 100_000;

  /** What a lane writes of a channel at once, and whole, while nothing waits for the client. */
  private static final int LONGEST_BURST = 256 << 10;

  /**
   * What a client can get that reads nothing. A lane that gets no time for a while has long bursts.
   */
  private static final long MOST = (long) Math.max(BUDGET, LONGEST_BURST) + OF_THE_SYSTEMS;

  private static final Pattern PUBLICATION =
      Pattern.compile(
          "\\{\"push\":\\{\"channel\":\"eeg\",\"pub\":\\{\"data\":\"(\\d+)x+\",\"offset\":(\\d+)}}}");
  private static final Pattern OFFSET_OF_MISSED = Pattern.compile("x\",\"offset\":(\\d+)");
  private static final String CONNECT_AND_SUBSCRIBE =
      "{\"id\":1,\"connect\":{}}\n{\"id\":2,\"subscribe\":{\"channel\":\"eeg\"}}";

  @TempDir Path folder;

  private Node node;
  private HttpClient http;
  private TestCertificate certificate;
  private String base;
  private int published;

  /** The last offset that the slow one has. */
  private int seen;

  private void start(SlowPolicy policy, boolean isSecure) throws Exception {
    NodeConfig.Server server = ScriptNode.CONFIG.server();
    HttpClient.Builder client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1);
    if (isSecure) {
      certificate = TestCertificate.make(folder, "EC");
      certificate.write(folder.resolve("cert.pem"), folder.resolve("key.pem"));
      server =
          server.withTls(
              new PortChoice.Tls(
                  folder.resolve("cert.pem").toString(), folder.resolve("key.pem").toString()));
      client.sslContext(TestCertificate.trusting(certificate));
    }
    NodeConfig config =
        ScriptNode.CONFIG
            .withServer(server)
            .withLimits(ScriptNode.CONFIG.limits().withSessionBytes(BUDGET).withSocketBytes(16_384))
            .withChannels(
                List.of(
                    ChannelRule.of("eeg")
                        .withHistory(10_000, Duration.ofMinutes(5))
                        .withSlow(policy)));
    node = Node.builder().config(config).start();
    http = client.build();
    base = (isSecure ? "https" : "http") + "://localhost:" + port();
  }

  @AfterEach
  void stop() {
    if (node != null) {
      node.close();
    }
    if (http != null) {
      http.shutdownNow(); // its close would wait for responses that go on
    }
  }

  private int port() {
    return node.urls().get(0).getPort();
  }

  /** Subscribed, and from now on it reads when it is asked. */
  private RawStream slow(String path) throws Exception {
    Socket socket =
        certificate == null
            ? new Socket()
            : TestCertificate.trusting(certificate).getSocketFactory().createSocket();
    return RawStream.open(socket, port(), path, CONNECT_AND_SUBSCRIBE);
  }

  private StreamClient quick() {
    StreamClient quick =
        StreamClient.post(http, base, "/connection/http_stream", CONNECT_AND_SUBSCRIBE);
    assertThat(quick.next()).contains("\"connect\"");
    assertThat(quick.next()).contains("\"subscribe\"");
    return quick;
  }

  /** Publishes some, and the quick one gets each of them. */
  private void publishRound(StreamClient quick) {
    for (int i = 0; i < ROUND; i++) {
      published++;
      var _ = node.publish("eeg", Payload.of(published + KILOBYTE)).join();
    }
    for (int offset = published - ROUND + 1; offset <= published; offset++) {
      assertThat(offset(quick.next())).isEqualTo(offset);
    }
  }

  /** Of a publication, whose number it has to bear; 0: it is something else. */
  private static int offset(String message) {
    Matcher publication = PUBLICATION.matcher(message);
    if (!publication.matches()) {
      return 0;
    }
    assertThat(publication.group(1)).isEqualTo(publication.group(2));
    return Integer.parseInt(publication.group(2));
  }

  /** What the node counts at its port. */
  private long count(String key) {
    Payload status = node.request("$runtime/status", Payload.of(null)).join();
    return ScriptNode.number(ScriptNode.map(status.asMap().get("port")), key);
  }

  private String meters() throws Exception {
    HttpRequest request = HttpRequest.newBuilder(URI.create(base + "/metrics")).build();
    return http.send(request, BodyHandlers.ofString()).body();
  }

  /** Reads publications without a hole; what comes behind them. */
  private String readOn(RawStream slow) throws Exception {
    String message = slow.next();
    while (offset(message) != 0) {
      seen++;
      assertThat(offset(message)).isEqualTo(seen);
      message = slow.next();
    }
    return message;
  }

  @ParameterizedTest
  @CsvSource({
    "/connection/http_stream,false",
    "/connection/sse,false",
    "/connection/http_stream,true",
    "/connection/sse,true"
  })
  void whoStopsReadingIsEndedWithinItsBudgetAndTheOthersGetEverything(String path, boolean isSecure)
      throws Exception {
    start(SlowPolicy.DISCONNECT, isSecure);
    try (StreamClient quick = quick();
        RawStream slow = slow(path)) {
      assertThat(slow.next()).contains("\"connect\"");
      assertThat(slow.next()).contains("\"subscribe\"");
      assertThat(count("sessions")).isEqualTo(2);
      while (count("slowDisconnects") == 0) {
        publishRound(quick);
      }
      // It reads again, soon enough to hear why.
      long before = slow.bytes();
      assertThat(readOn(slow))
          .isEqualTo(
              "{\"push\":{\"disconnect\":{\"code\":3008,\"reason\":\"too slow: more than 100000"
                  + " bytes were waiting\"}}}");
      assertThat(slow.next()).as("the end of the body").isEmpty();
      assertThat(slow.bytes() - before).isBetween((long) BUDGET / 2, MOST);

      publishRound(quick);
      assertThat(count("slowDisconnects")).isEqualTo(1);
      await().atMost(Duration.ofSeconds(30)).until(() -> count("sessions") == 1);
      assertThat(meters())
          .contains("runar_centrifugal_disconnects_total{code=\"3008\"} 1.0")
          .contains("runar_disconnects_total{reason=\"slow\"} 1.0");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "/connection/http_stream,GAP,false",
    "/connection/sse,GAP,true",
    "/connection/http_stream,LATEST,true",
    "/connection/sse,LATEST,false"
  })
  void whoMissesSomeOfAChannelThatDropsIsUnsubscribedAndRecovers(
      String path, SlowPolicy policy, boolean isSecure) throws Exception {
    start(policy, isSecure);
    try (StreamClient quick = quick();
        RawStream slow = slow(path)) {
      String key = StreamClient.key(slow.next());
      String epoch = slow.next().replaceAll(".*\"epoch\":\"([^\"]+)\".*", "$1");
      while (count("droppedForSlow") == 0) {
        publishRound(quick);
      }
      assertThat(readOn(slow))
          .isEqualTo(
              "{\"push\":{\"channel\":\"eeg\",\"unsubscribe\":{\"code\":2500,"
                  + "\"reason\":\"insufficient state\"}}}");
      assertThat(slow.bytes()).isLessThan(MOST);
      assertThat(seen).isLessThan(published);

      publishRound(quick); // nothing of it comes until it has subscribed again
      readMissed(quick, slow, key, epoch);
      String again =
          "{\"id\":4,\"subscribe\":{\"channel\":\"eeg\",\"recover\":true,\"offset\":%d,\"epoch\":\"%s\"}}"
              .formatted(seen, epoch);
      assertThat(quick.say(key, again)).isEqualTo(204);
      assertThat(slow.next()).startsWith("{\"id\":4,").contains("\"recovered\":true");
      publishRound(quick);
      for (int offset = published - ROUND + 1; offset <= published; offset++) {
        assertThat(offset(slow.next())).isEqualTo(offset);
      }
      assertThat(count("slowDisconnects")).isZero();
      assertThat(count("sessions")).isEqualTo(2);
      assertThat(meters()).contains("runar_slow_drops_total " + count("droppedForSlow") + ".0");
    }
  }

  /** In pages: all of it may be more than a session has room for. */
  private void readMissed(StreamClient beside, RawStream slow, String key, String epoch)
      throws Exception {
    while (seen < published) {
      String page =
          "{\"id\":3,\"history\":{\"channel\":\"eeg\",\"limit\":20,\"since\":{\"offset\":%d,\"epoch\":\"%s\"}}}"
              .formatted(seen, epoch);
      assertThat(beside.say(key, page)).isEqualTo(204);
      List<String> got =
          OFFSET_OF_MISSED.matcher(slow.next()).results().map(each -> each.group(1)).toList();
      int last = Math.min(seen + 20, published);
      assertThat(got)
          .containsExactlyElementsOf(
              IntStream.rangeClosed(seen + 1, last).mapToObj(Integer::toString).toList());
      seen = last;
    }
  }
}
