package dev.runar.path;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.runar.NodeConfig;
import dev.runar.apps.Webhook;
import dev.runar.internal.protocol.pusher.Signature;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Rows P10, P78 and P86 at the edge: webhooks, and how a node takes leave of its clients. */
@Timeout(60)
class PusherOperationsTest {
  /** By a connection of its own, as a probe makes it. */
  private static int status(int port, String path) throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      URI uri = URI.create("http://127.0.0.1:" + port + path);
      return client
          .send(HttpRequest.newBuilder(uri).build(), BodyHandlers.discarding())
          .statusCode();
    }
  }

  @Test
  void p86p10ANodeThatStopsIsNotReadyFirstAndSendsItsClientsElsewhere() throws Exception {
    NodeConfig config =
        ScriptNode.CONFIG.withServer(
            ScriptNode.CONFIG.server().withDrainDelay(Duration.ofSeconds(2)));
    try (PusherNode node = PusherNode.start(PusherNode.APP, config);
        var client = node.connect();
        Client topics = node.open("/topics")) {
      int port = node.port();
      assertThat(status(port, "/up")).isEqualTo(200);
      assertThat(status(port, "/ready")).isEqualTo(200);
      CompletableFuture<Void> stopped = node.node.stop();
      assertThat(status(port, "/ready")).isEqualTo(503);
      assertThat(status(port, "/live")).isEqualTo(200);
      client.subscribe("still-served");
      try (var late = node.connect()) {
        assertThat(late.client().closed()).startsWith("4200 ");
      }
      assertThat(client.client().closed()).isEqualTo("4200 the node stops; connect again");
      assertThat(topics.closed()).isEqualTo("1001 the node stops");
      stopped.get(20, TimeUnit.SECONDS);
    }
  }

  @Test
  void metricsAreTextForPrometheus() throws Exception {
    try (PusherNode node = PusherNode.start();
        var client = node.connect();
        HttpClient http = HttpClient.newHttpClient()) {
      client.subscribe("room");
      URI uri = URI.create("http://127.0.0.1:" + node.port() + "/metrics");
      var answer = http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.headers().firstValue("content-type"))
          .hasValue("text/plain; version=0.0.4; charset=utf-8");
      assertThat(answer.body().lines())
          .contains(
              "# TYPE runar_connections gauge",
              "runar_connections 1",
              "runar_port_subscriptions 1",
              "runar_messages_in_total 1",
              "runar_refusals_total{reason=\"bad_frame\"} 0",
              "runar_webhook_events_total{outcome=\"given_up\"} 0",
              "runar_pusher_hooks_total{hook=\"client-event\",outcome=\"late\"} 0")
          .anyMatch(line -> line.matches("runar_event_loop_lag_seconds [0-9.E-]+"))
          .allMatch(
              line ->
                  line.matches("# TYPE \\w+ (gauge|counter)|\\w+(\\{(,?\\w+=\"[^\"]*\")+})? \\S+"));
    }
  }

  @Test
  void p78p79AReceiverIsToldOfChannels() throws Exception {
    var received = new LinkedBlockingQueue<String>();
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          byte[] body = exchange.getRequestBody().readAllBytes();
          String signature = exchange.getRequestHeaders().getFirst("X-Pusher-Signature");
          boolean isRight = Signature.sign("secret", body).equals(signature);
          received.add(isRight + " " + new String(body, UTF_8));
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    server.start();
    URI url = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
    var hook = new Webhook(url, Set.of(), "", Map.of());
    try (PusherNode node = PusherNode.start(PusherNode.APP.withWebhooks(List.of(hook)))) {
      try (var client = node.connect()) {
        client.subscribe("room");
        assertThat(received.poll(10, TimeUnit.SECONDS))
            .startsWith("true {\"time_ms\":")
            .contains("{\"name\":\"channel_occupied\",\"channel\":\"room\"}");
        node.node.stop().get(20, TimeUnit.SECONDS);
      }
      assertThat(String.join("\n", received))
          .contains("{\"name\":\"channel_vacated\",\"channel\":\"room\"}");
    } finally {
      server.stop(0);
    }
  }
}
