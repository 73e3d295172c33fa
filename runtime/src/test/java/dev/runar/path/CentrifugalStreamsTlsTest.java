package dev.runar.path;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.Node;
import dev.runar.NodeConfig;
import dev.runar.Payload;
import dev.runar.PortChoice;
import dev.runar.channels.ChannelRule;
import dev.runar.internal.server.TestCertificate;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The Centrifugal protocol over HTTPS, on a port whose certificate is signed by itself. */
@Timeout(120)
class CentrifugalStreamsTlsTest {
  private static final String CONNECT_AND_SUBSCRIBE =
      "{\"id\":1,\"connect\":{}}\n{\"id\":2,\"subscribe\":{\"channel\":\"chat/1\"}}";

  @TempDir Path folder;

  private Node node;
  private String base;
  private HttpClient http;

  @BeforeEach
  void start() throws Exception {
    Path certificate = folder.resolve("cert.pem");
    Path key = folder.resolve("key.pem");
    TestCertificate own = TestCertificate.make(folder, "EC");
    own.write(certificate, key);
    NodeConfig config =
        ScriptNode.CONFIG
            .withServer(
                ScriptNode.CONFIG
                    .server()
                    .withTls(new PortChoice.Tls(certificate.toString(), key.toString())))
            .withChannels(
                List.of(
                    ChannelRule.of("chat/*")
                        .withHistory(9, Duration.ofMinutes(1))
                        .withPublish(true)));
    node = Node.builder().config(config).start();
    base = "https://localhost:" + node.urls().get(0).getPort();
    http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .sslContext(TestCertificate.trusting(own))
            .build();
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

  @Test
  void aStreamOfLinesIsASession() {
    try (StreamClient client =
        StreamClient.post(http, base, "/connection/http_stream", CONNECT_AND_SUBSCRIBE)) {
      assertThat(client.status()).isEqualTo(200);
      String key = StreamClient.key(client.next());
      assertThat(client.next()).startsWith("{\"id\":2,\"subscribe\":{\"recoverable\":true");
      node.publish("chat/1", Payload.object("n", 1)).join();
      assertThat(client.next()).isEqualTo(publication(1));
      assertThat(client.say(key, publish(2))).isEqualTo(204);
      assertThat(client.next()).isEqualTo(publication(2));
      assertThat(client.next()).isEqualTo("{\"id\":3,\"publish\":{}}");
    }
  }

  @Test
  void serverSentEventsAreASession() {
    try (StreamClient client =
        StreamClient.post(http, base, "/connection/sse", CONNECT_AND_SUBSCRIBE)) {
      assertThat(client.headers().firstValue("content-type")).contains("text/event-stream");
      String key = StreamClient.key(event(client));
      assertThat(event(client)).startsWith("{\"id\":2,\"subscribe\":{\"recoverable\":true");
      node.publish("chat/1", Payload.object("n", 1)).join();
      assertThat(event(client)).isEqualTo(publication(1));
      assertThat(client.say(key, publish(2))).isEqualTo(204);
      assertThat(event(client)).isEqualTo(publication(2));
      assertThat(event(client)).isEqualTo("{\"id\":3,\"publish\":{}}");
    }
  }

  /** What is published is put together once, and stands in each body as that wants it. */
  @Test
  void eachKindOfSessionGetsTheSamePublications() {
    try (StreamClient lines =
            StreamClient.post(http, base, "/connection/http_stream", CONNECT_AND_SUBSCRIBE);
        StreamClient events =
            StreamClient.post(http, base, "/connection/sse", CONNECT_AND_SUBSCRIBE)) {
      assertThat(lines.next()).contains("\"connect\"");
      assertThat(lines.next()).contains("\"subscribe\"");
      assertThat(event(events)).contains("\"connect\"");
      assertThat(event(events)).contains("\"subscribe\"");
      String large = "x".repeat(40_000); // more than one record of TLS holds
      for (int n = 1; n <= 20; n++) {
        node.publish("chat/1", Payload.of(large + n)).join();
      }
      for (int n = 1; n <= 20; n++) {
        String wanted = push("\"" + large + n + "\"", n);
        assertThat(lines.next()).isEqualTo(wanted);
        assertThat(event(events)).isEqualTo(wanted);
      }
    }
  }

  private static String event(StreamClient client) {
    String line = client.next();
    assertThat(line).startsWith("data: ");
    assertThat(client.next()).isEmpty();
    return line.substring("data: ".length());
  }

  private static String publish(int n) {
    return "{\"id\":3,\"publish\":{\"channel\":\"chat/1\",\"data\":{\"n\":" + n + "}}}";
  }

  private static String publication(int n) {
    return push("{\"n\":" + n + "}", n);
  }

  private static String push(String data, int offset) {
    return "{\"push\":{\"channel\":\"chat/1\",\"pub\":{\"data\":%s,\"offset\":%d}}}"
        .formatted(data, offset);
  }
}
