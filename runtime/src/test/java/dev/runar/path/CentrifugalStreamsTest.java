package dev.runar.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.runar.Limits;
import dev.runar.Node;
import dev.runar.NodeConfig;
import dev.runar.PortChoice;
import dev.runar.channels.ChannelRule;
import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocketHandshakeException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The Centrifugal protocol over HTTP: a session is a response, and requests go beside it. */
@Timeout(120)
class CentrifugalStreamsTest {
  private static final String STREAM = "/connection/http_stream";
  private static final String CONNECT = "{\"id\":1,\"connect\":{}}";

  private static final NodeConfig CONFIG =
      ScriptNode.CONFIG.withChannels(
          List.of(
              ChannelRule.of("chat/*").withHistory(9, Duration.ofMinutes(1)).withPublish(true),
              ChannelRule.of("room/*").withPresence(true, true)));

  private Node node;

  @AfterEach
  void stop() {
    if (node != null) {
      node.close();
    }
  }

  private String start(NodeConfig config) {
    node = Node.builder().config(config).start();
    return "http://127.0.0.1:" + node.urls().get(0).getPort();
  }

  private static String subscribe(int id, String channel) {
    return "{\"id\":%d,\"subscribe\":{\"channel\":\"%s\"}}".formatted(id, channel);
  }

  @Test
  void whatIsSaidByRequestsIsAnsweredInTheResponse() {
    String base = start(CONFIG);
    try (StreamClient client = StreamClient.post(base, STREAM, CONNECT)) {
      assertThat(client.status()).isEqualTo(200);
      Map<String, List<String>> headers = client.headers().map();
      assertThat(headers.get("content-type")).containsExactly("application/json");
      assertThat(headers.get("x-accel-buffering")).containsExactly("no");
      assertThat(headers.get("cache-control")).first().asString().contains("no-store");
      String connected = client.next();
      assertThat(connected)
          .matches(
              "\\{\"id\":1,\"connect\":\\{\"client\":\"[0-9a-f-]{36}\",\"ping\":25,\"pong\":true,"
                  + "\"session\":\"[\\w-]{32}\"}}");
      String key = StreamClient.key(connected);
      assertThat(client.say(key, subscribe(2, "chat/1") + "\n" + subscribe(3, "chat/2")))
          .isEqualTo(204);
      assertThat(client.next()).startsWith("{\"id\":2,\"subscribe\":{");
      assertThat(client.next()).startsWith("{\"id\":3,\"subscribe\":{");
      assertThat(
              client.say(key, "{\"id\":4,\"publish\":{\"channel\":\"chat/1\",\"data\":{\"a\":1}}}"))
          .isEqualTo(204);
      assertThat(client.next())
          .isEqualTo(
              "{\"push\":{\"channel\":\"chat/1\",\"pub\":{\"data\":{\"a\":1},\"offset\":1}}}");
      assertThat(client.next()).isEqualTo("{\"id\":4,\"publish\":{}}");
    }
  }

  @Test
  void anEventSourceSaysItsFirstCommandInTheQuery() {
    String base = start(CONFIG);
    String connect = URLEncoder.encode(CONNECT, StandardCharsets.UTF_8);
    try (StreamClient client =
        StreamClient.get(base, "/connection/sse?a=1&cf_connect=" + connect)) {
      assertThat(client.headers().firstValue("content-type")).contains("text/event-stream");
      String connected = client.next();
      assertThat(connected).startsWith("data: {\"id\":1,\"connect\":{");
      assertThat(client.next()).isEmpty();
      String key = StreamClient.key(connected);
      assertThat(client.say(key, subscribe(2, "chat/1"))).isEqualTo(204);
      assertThat(client.next()).startsWith("data: {\"id\":2,\"subscribe\":{");
      assertThat(client.next()).isEmpty();
      assertThat(client.say(key, subscribe(3, "news/a") + "\n" + subscribe(4, "news/b")))
          .isEqualTo(204);
      assertThat(client.next()).isEqualTo("data: {\"id\":3,\"subscribe\":{}}");
      assertThat(client.next()).isEqualTo("data: {\"id\":4,\"subscribe\":{}}"); // of the same event
      assertThat(client.next()).isEmpty();
    }
  }

  @Test
  void whoHangsUpHasLeft() {
    String base = start(CONFIG);
    try (StreamClient watcher = StreamClient.post(base, STREAM, CONNECT)) {
      String key = StreamClient.key(watcher.next());
      watcher.say(key, subscribe(2, "room/1"));
      assertThat(watcher.next()).isEqualTo("{\"id\":2,\"subscribe\":{}}");
      assertThat(watcher.next()).contains("\"join\"");
      StreamClient other = StreamClient.post(base, STREAM, CONNECT + "\n" + subscribe(2, "room/1"));
      String keyOfOther = StreamClient.key(other.next());
      assertThat(watcher.next()).contains("\"join\"");
      other.close();
      assertThat(watcher.next()).contains("\"leave\"");
      assertThat(other.say(keyOfOther, "{}")).isEqualTo(404);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"id\":1,\"subscribe\":{\"channel\":\"a\"}} | 3501 | bad request: the first command is"
            + " connect",
        "nothing | 3501 | bad request: the message is not JSON, one command a line",
        "{\"id\":1,\"connect\":{\"token\":\"t\"}} | 3500 | this node takes no tokens",
      })
  void whyASessionEndsIsItsLastMessage(String commands, int code, String reason) {
    String base = start(CONFIG);
    try (StreamClient client = StreamClient.post(base, STREAM, commands)) {
      assertThat(client.next())
          .isEqualTo(
              "{\"push\":{\"disconnect\":{\"code\":%d,\"reason\":\"%s\"}}}"
                  .formatted(code, reason));
      client.awaitEnd();
      assertThat(client.received).isEmpty();
    }
  }

  @Test
  void aNodeThatStopsSaysSoAndEndsTheBody() {
    String base = start(CONFIG);
    try (StreamClient client = StreamClient.post(base, STREAM, CONNECT)) {
      assertThat(client.next()).contains("\"connect\"");
      node.close();
      assertThat(client.next())
          .isEqualTo("{\"push\":{\"disconnect\":{\"code\":3001,\"reason\":\"shutdown\"}}}");
      client.awaitEnd();
    }
  }

  @Test
  void whatIsNoRequestOfASession() throws Exception {
    String base = start(CONFIG.withLimits(CONFIG.limits().withMessageBytes(4_096)));
    try (StreamClient client = StreamClient.post(base, STREAM, CONNECT)) {
      String connected = client.next();
      String key = StreamClient.key(connected);
      String id = connected.replaceAll(".*\"client\":\"([^\"]+)\".*", "$1");
      assertThat(client.say("of nobody", "{}")).isEqualTo(404);
      assertThat(client.say(id, "{}")).as("the id that others see").isEqualTo(404);
      assertThat(client.emulate("{\"session\":\"" + key + "\"}")).isEqualTo(400);
      assertThat(client.emulate("{\"session\":5,\"data\":\"{}\"}")).isEqualTo(400);
      assertThat(client.emulate("nothing")).isEqualTo(400);
      assertThat(client.emulate("")).isEqualTo(400);
      assertThat(client.emulate("[]")).isEqualTo(400);
      assertThat(client.say(key, "x".repeat(4_096))).isEqualTo(413);
      assertThat(status(base, "GET", "/emulation", "")).isEqualTo(405);
      assertThat(client.say(key, subscribe(2, "news/a"))).isEqualTo(204);
      assertThat(client.next()).isEqualTo("{\"id\":2,\"subscribe\":{}}");
      // A message that is no command ends it, as over a WebSocket.
      assertThat(client.say(key, "nothing")).isEqualTo(204);
      assertThat(client.next()).startsWith("{\"push\":{\"disconnect\":{\"code\":3501,");
      client.awaitEnd();
      assertThat(client.say(key, "{}")).isEqualTo(404);
    }
  }

  @Test
  void whatIsCountedIsOnThePageOfMeters() throws Exception {
    String base = start(CONFIG);
    try (StreamClient client = StreamClient.post(base, STREAM, CONNECT);
        Client other =
            Client.connect(URI.create(base.replace("http", "ws") + "/connection/websocket"))) {
      String key = StreamClient.key(client.next());
      assertThat(other.send(CONNECT).next()).contains("\"connect\"");
      assertThat(client.say(key, "{\"id\":2,\"ping\":{}}")).isEqualTo(204);
      assertThat(client.next()).contains("\"code\":108");
      assertThat(client.say("of nobody", "{}")).isEqualTo(404);
      assertThat(meters(base))
          .contains("runar_centrifugal_sessions{transport=\"http_stream\"} 1.0")
          .contains("runar_centrifugal_sessions{transport=\"websocket\"} 1.0")
          .contains("runar_centrifugal_sessions{transport=\"sse\"} 0.0")
          .contains("runar_centrifugal_connects_total{transport=\"http_stream\"} 1.0")
          .contains("runar_centrifugal_errors_total{code=\"108\"} 1.0")
          .contains("runar_emulation_requests_total{outcome=\"gone\"} 1.0")
          .doesNotContain("runar_centrifugal_disconnects_total{");
      assertThat(client.say(key, "nothing")).isEqualTo(204);
      client.awaitEnd();
    }
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(
            () ->
                assertThat(meters(base))
                    .contains("runar_centrifugal_sessions{transport=\"http_stream\"} 0.0")
                    .contains("runar_centrifugal_sessions{transport=\"websocket\"} 0.0")
                    .contains("runar_centrifugal_disconnects_total{code=\"3501\"} 1.0"));
  }

  private static String meters(String base) throws Exception {
    HttpRequest request = HttpRequest.newBuilder(URI.create(base + "/metrics")).build();
    return StreamClient.HTTP.send(request, BodyHandlers.ofString()).body();
  }

  @ParameterizedTest
  @CsvSource({
    "GET,/connection/sse,400",
    "GET,/connection/sse?cf_connect=,400",
    "GET,/connection/sse?cf_connect=%ff,400",
    "POST,/connection/sse,400",
    "PUT,/connection/sse,405",
    "HEAD,/connection/sse,405",
    "GET,/connection/http_stream,405",
    "POST,/connection/http_stream,400",
    "OPTIONS,/connection/http_stream,204",
    "OPTIONS,/emulation,204",
    "GET,/connection/websocket,404",
  })
  void whatBeginsNoSession(String method, String path, int status) throws Exception {
    assertThat(status(start(CONFIG), method, path, "")).isEqualTo(status);
  }

  private static int status(String base, String method, String path, String body) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(base + path))
            .method(
                method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
            .build();
    return StreamClient.HTTP.send(request, BodyHandlers.discarding()).statusCode();
  }

  @Test
  void aStreamIsNoWebSocket() {
    String base = start(CONFIG);
    URI uri = URI.create(base.replace("http", "ws") + "/connection/sse");
    assertThatThrownBy(() -> Client.connect(uri))
        .isInstanceOf(CompletionException.class)
        .hasCauseInstanceOf(WebSocketHandshakeException.class);
  }

  @Test
  void aPageOfAnotherOriginMayConnectWhereTheRulesLetIt() throws Exception {
    var cors =
        new PortChoice.Cors(
            List.of("https://app.example.com"),
            List.of(),
            List.of("content-type"),
            false,
            Duration.ofMinutes(1));
    String base = start(CONFIG.withServer(CONFIG.server().withCors(cors)));
    for (String path : List.of(STREAM, "/emulation", "/connection/sse")) {
      HttpRequest asks =
          HttpRequest.newBuilder(URI.create(base + path))
              .header("origin", "https://app.example.com")
              .header("access-control-request-method", "POST")
              .method("OPTIONS", BodyPublishers.noBody())
              .build();
      HttpResponse<Void> told = StreamClient.HTTP.send(asks, BodyHandlers.discarding());
      assertThat(told.headers().firstValue("access-control-allow-origin"))
          .contains("https://app.example.com");
      assertThat(told.headers().firstValue("access-control-allow-methods").orElse(""))
          .contains("POST");
    }
    HttpRequest begins =
        HttpRequest.newBuilder(URI.create(base + STREAM))
            .header("origin", "https://app.example.com")
            .POST(BodyPublishers.ofString(CONNECT))
            .build();
    HttpResponse<InputStream> begun = StreamClient.HTTP.send(begins, BodyHandlers.ofInputStream());
    assertThat(begun.headers().firstValue("access-control-allow-origin"))
        .contains("https://app.example.com");
    begun.body().close();
  }

  @Test
  void thereIsRoomForSoManySessions() {
    Limits limits = CONFIG.limits().withSessions(1);
    String base = start(CONFIG.withLimits(limits));
    try (StreamClient first = StreamClient.post(base, STREAM, CONNECT)) {
      assertThat(first.next()).contains("\"connect\"");
      assertThat(StreamClient.post(base, STREAM, CONNECT).status()).isEqualTo(503);
    }
    await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () -> {
              try (StreamClient again = StreamClient.post(base, STREAM, CONNECT)) {
                return again.status() == 200;
              }
            });
  }

  @Test
  void aProxyThatSpeaksHttp10GetsABodyWithoutChunks() throws Exception {
    String base = start(CONFIG);
    try (var socket = new Socket("127.0.0.1", URI.create(base).getPort())) {
      socket.setSoTimeout(20_000);
      socket
          .getOutputStream()
          .write(
              ("POST %s HTTP/1.0\r\ncontent-length: %d\r\n\r\n%s"
                      .formatted(STREAM, CONNECT.length(), CONNECT))
                  .getBytes(StandardCharsets.UTF_8));
      var in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
      assertThat(in.readLine()).isEqualTo("HTTP/1.1 200 OK");
      String line = in.readLine();
      while (!line.isEmpty()) {
        assertThat(line).doesNotContain("transfer-encoding");
        line = in.readLine();
      }
      String connected = in.readLine();
      assertThat(connected).startsWith("{\"id\":1,\"connect\":{");
    }
  }
}
