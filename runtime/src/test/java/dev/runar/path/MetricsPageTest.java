package dev.runar.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.runar.NodeConfig;
import dev.runar.spi.Authorizer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What Prometheus reads of a node. */
@Timeout(60)
class MetricsPageTest {
  private static HttpResponse<String> get(int port, String method)
      throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      URI uri = URI.create("http://127.0.0.1:" + port + "/metrics");
      HttpRequest request =
          HttpRequest.newBuilder(uri).method(method, BodyPublishers.noBody()).build();
      return client.send(request, BodyHandlers.ofString());
    }
  }

  /** The samples, by name and labels. */
  private static Map<String, Double> samples(int port) throws IOException, InterruptedException {
    return get(port, "GET")
        .body()
        .lines()
        .filter(line -> !line.startsWith("#"))
        .collect(
            Collectors.toMap(
                line -> line.substring(0, line.lastIndexOf(' ')),
                line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1))));
  }

  @Test
  void thePageHasWhatThePortAndTheAppsCount() throws Exception {
    try (PusherNode node = PusherNode.start();
        var client = node.connect();
        var other = node.connect()) {
      client.subscribe("room");
      other.subscribe("private-room");
      other.subscribe("room");
      other.say("{").next();
      PusherServer server = new PusherServer(node.node.urls().get(0), PusherNode.APP);
      assertThat(server.post("events", "{}").status()).isEqualTo(400);
      String event = "{\"name\":\"said\",\"channel\":\"room\",\"data\":\"x\"}";
      assertThat(server.post("events", event).status()).isEqualTo(200);
      assertThat(samples(node.port()))
          .containsEntry("runar_connections", 2.0)
          .containsEntry("runar_connections_opened_total", 2.0)
          .containsEntry("runar_port_subscriptions", 3.0)
          .containsEntry("runar_messages_in_total", 4.0)
          .containsEntry("runar_refusals_total{reason=\"bad_frame\"}", 0.0)
          .containsEntry("runar_pusher_refusals_total{reason=\"bad_frame\"}", 1.0)
          .containsEntry("runar_pusher_hooks_total{hook=\"client-event\",outcome=\"late\"}", 0.0)
          .containsEntry("runar_api_refusals_total{reason=\"invalid\"}", 1.0)
          .containsEntry("runar_api_events_total", 1.0)
          .containsEntry("runar_webhook_events_total{outcome=\"given_up\"}", 0.0)
          .containsEntry("runar_http_responses_total{status=\"2xx\"}", 1.0)
          .containsEntry("runar_http_responses_total{status=\"4xx\"}", 1.0)
          .containsEntry("runar_app_connections{app=\"app\"}", 2.0)
          .containsEntry("runar_app_messages_in_total{app=\"app\"}", 4.0)
          .containsEntry("runar_app_messages_out_total{app=\"app\"}", 2.0)
          .containsKeys(
              "runar_received_bytes_total",
              "runar_sent_bytes_total",
              "runar_disconnects_total{reason=\"slow\"}",
              "runar_callbacks_waiting",
              "runar_callbacks_refused_total{reason=\"full\"}",
              "runar_turns_total",
              "runar_callback_failures_total",
              "runar_events_total{outcome=\"published\"}",
              "process_cpu_usage",
              "process_start_time_seconds",
              "jvm_threads_live_threads")
          .anySatisfy((name, value) -> assertThat(name).startsWith("jvm_memory_used_bytes{"));
    }
  }

  @Test
  void everySampleHasItsHelpAndType() throws Exception {
    try (PusherNode node = PusherNode.start();
        var client = node.connect()) {
      client.subscribe("room");
      HttpResponse<String> answer = get(node.port(), "GET");
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.headers().firstValue("content-type"))
          .hasValue("text/plain; version=0.0.4; charset=utf-8");
      List<String> ours = answer.body().lines().filter(line -> line.contains(" runar_")).toList();
      assertThat(ours)
          .isNotEmpty()
          .allMatch(
              line -> line.matches("# HELP \\w+ \\S.*|# TYPE \\w+ (gauge|counter|histogram)"));
      assertThat(ours)
          .contains(
              "# HELP runar_connections WebSocket clients",
              "# TYPE runar_connections gauge",
              "# TYPE runar_event_loop_lag_seconds histogram");
      assertThat(get(node.port(), "POST").statusCode()).isEqualTo(405);
      assertThat(get(node.port(), "HEAD").body()).isEmpty();
    }
  }

  @Test
  void anEventLoopThatWasHeldUpIsSeen() throws Exception {
    Authorizer slow =
        (session, verb, path) -> {
          long end = System.nanoTime() + 700_000_000L;
          while (System.nanoTime() < end) {
            Thread.onSpinWait();
          }
          return Authorizer.Decision.ALLOWED;
        };
    try (var node = dev.runar.Node.builder().config(ScriptNode.CONFIG).authorizer(slow).start();
        Client client =
            Client.connect(
                URI.create("ws://127.0.0.1:" + node.urls().get(0).getPort() + "/topics"))) {
      int port = node.urls().get(0).getPort();
      assertThat(samples(port)).as("from now on").containsKey("runar_event_loop_lag_seconds_max");
      client.send("{\"subscribe\":\"a\"}").next();
      await()
          .untilAsserted(
              () ->
                  assertThat(samples(port).get("runar_event_loop_lag_seconds_max"))
                      .isGreaterThan(0.5));
      Map<String, Double> samples = samples(port);
      double all = samples.get("runar_event_loop_lag_seconds_count");
      double below = samples.get("runar_event_loop_lag_seconds_bucket{le=\"0.25\"}");
      assertThat(all - below).as("each moment that was missed counts").isGreaterThanOrEqualTo(3);
    }
  }

  @Test
  void turnsOfScriptsAreCounted(@TempDir Path folder) throws Exception {
    try (var node =
        ScriptNode.start(
            folder,
            """
            import { Node } from "runar-ts";
            const node = new Node();
            await node.addService({ name: "s", path: "s", actions: { ask: () => 1 } });
            """)) {
      int port = node.node.urls().get(0).getPort();
      double before = samples(port).get("runar_turns_total");
      node.node.request("s/ask", dev.runar.Payload.of(null)).join();
      assertThat(samples(port).get("runar_turns_total")).isGreaterThan(before);
    }
  }

  @Test
  void itCanBeTurnedOff() throws Exception {
    NodeConfig config = ScriptNode.CONFIG.withServer(ScriptNode.CONFIG.server().withMetrics(false));
    try (PusherNode node = PusherNode.start(PusherNode.APP, config)) {
      assertThat(get(node.port(), "GET").statusCode()).isEqualTo(404);
    }
  }
}
