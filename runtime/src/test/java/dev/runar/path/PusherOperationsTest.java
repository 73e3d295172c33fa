package dev.runar.path;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.runar.NodeConfig;
import dev.runar.apps.App;
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
import java.util.stream.Stream;
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

  /** A server of an app: every call as its body, after whether its signature is right. */
  private static final class Receiver implements AutoCloseable {
    final LinkedBlockingQueue<String> received = new LinkedBlockingQueue<>();
    private final HttpServer server;

    Receiver() throws IOException {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
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
    }

    /** An app that tells it of some kinds of events; none: of all. */
    App told(Webhook.Kind... kinds) {
      URI url = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
      return PusherNode.APP.withWebhooks(List.of(new Webhook(url, Set.of(kinds), "", Map.of())));
    }

    @Override
    public void close() {
      server.stop(0);
    }
  }

  @Test
  void p78p79AReceiverIsToldOfChannels() throws Exception {
    try (var receiver = new Receiver();
        PusherNode node = PusherNode.start(receiver.told())) {
      try (var client = node.connect()) {
        client.subscribe("room");
        assertThat(receiver.received.poll(10, TimeUnit.SECONDS))
            .startsWith("true {\"time_ms\":")
            .contains("{\"name\":\"channel_occupied\",\"channel\":\"room\"}");
        node.node.stop().get(20, TimeUnit.SECONDS);
      }
      assertThat(String.join("\n", receiver.received))
          .contains("{\"name\":\"channel_vacated\",\"channel\":\"room\"}");
    }
  }

  /** Misses of one second are one: on a machine that takes longer there may be one for each. */
  @Test
  void p82SubscribersOfAnEmptyCacheAtOnceAreOneMiss() throws Exception {
    int many = 20;
    try (var receiver = new Receiver();
        PusherNode node = PusherNode.start(receiver.told(Webhook.Kind.CACHE_MISS))) {
      List<PusherNode.Connected> clients = Stream.generate(node::connect).limit(many).toList();
      long begun = System.nanoTime();
      clients.forEach(client -> client.say(PusherNode.Connected.subscribing("cache-a", "")));
      for (var client : clients) {
        assertThat(client.untilPong()).anyMatch(frame -> frame.contains("pusher:cache_miss"));
      }
      long seconds = Duration.ofNanos(System.nanoTime() - begun).toSeconds();
      node.node.stop().get(20, TimeUnit.SECONDS);
      clients.forEach(PusherNode.Connected::close);
      int misses = String.join("\n", receiver.received).split("\"cache_miss\"", -1).length - 1;
      assertThat(misses).isBetween(1, 1 + (int) seconds);
    }
  }
}
