package dev.runar.path;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.runar.apps.Webhook;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * pusher-js, Laravel Echo and the server library of npm, as they are published, at the versions of
 * {@code src/test/pusher-clients}. What is installed is kept in {@code target/pusher-clients}.
 */
@Timeout(300)
class PusherClientsTest {
  private static final PublishedClients CLIENTS = new PublishedClients("pusher-clients");

  @Test
  void pusherJsUsesEveryKindOfChannel() throws Exception {
    try (PusherNode node = PusherNode.start()) {
      assertThat(run(node, "channels.mjs"))
          .containsExactly(
              "connected",
              "publish news",
              "public",
              "private and client event",
              "presence",
              "publish cache-b",
              "cache",
              "private and presence cache",
              "signin",
              "watchlist",
              "done");
    }
  }

  @Test
  void p37p38PusherJsOpensWhatTheServerLibraryHasSealed() throws Exception {
    try (PusherNode node = PusherNode.start()) {
      assertThat(run(node, "encrypted.mjs"))
          .containsExactly(
              "opened",
              "sealed for others",
              "another key",
              "one channel at a time",
              "remembered",
              "done");
    }
  }

  @Test
  void laravelEchoUsesEveryKindOfChannel() throws Exception {
    try (PusherNode node = PusherNode.start()) {
      assertThat(run(node, "echo.mjs"))
          .containsExactly(
              "connected",
              "public, with and without namespace",
              "to others",
              "private and whisper",
              "forbidden",
              "encrypted private",
              "presence",
              "signin",
              "done");
    }
  }

  @Test
  void theServerLibraryAsksClosesAndKnowsItsWebhooks() throws Exception {
    try (var receiver = new WebhookReceiver();
        PusherNode node =
            PusherNode.start(
                PusherNode.APP.withWebhooks(
                    List.of(new Webhook(receiver.url("hook"), Set.of(), "", Map.of()))))) {
      assertThat(run(node, "server.mjs", receiver.url("received").toString()))
          .containsExactly("batch", "channels", "webhook", "terminated");
    }
  }

  /**
   * Keeps what is posted to {@code hook}, and answers {@code received} with one call after another.
   */
  private static final class WebhookReceiver implements AutoCloseable {
    private static final List<String> HEADERS =
        List.of("X-Pusher-Key", "X-Pusher-Signature", "Content-Type");

    private final HttpServer server;
    private final BlockingQueue<Call> calls = new LinkedBlockingQueue<>();

    private record Call(Headers headers, byte[] body) {}

    WebhookReceiver() throws IOException {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
      server.createContext("/hook", this::keep);
      server.createContext("/received", this::tell);
      server.start();
    }

    URI url(String path) {
      return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/" + path);
    }

    private void keep(HttpExchange exchange) throws IOException {
      calls.add(new Call(exchange.getRequestHeaders(), exchange.getRequestBody().readAllBytes()));
      exchange.sendResponseHeaders(200, -1);
      exchange.close();
    }

    private void tell(HttpExchange exchange) throws IOException {
      try (exchange) {
        Call call = calls.poll(20, TimeUnit.SECONDS);
        if (call == null) {
          exchange.sendResponseHeaders(504, -1);
          return;
        }
        for (String name : HEADERS) {
          exchange.getResponseHeaders().set(name, call.headers().getFirst(name));
        }
        exchange.sendResponseHeaders(200, call.body().length);
        exchange.getResponseBody().write(call.body());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public void close() {
      server.stop(0);
    }
  }

  /** The lines that a script prints; for each {@code publish CHANNEL} there is a publish. */
  private static List<String> run(PusherNode node, String script, String... more) throws Exception {
    var command = new ArrayList<>(List.of(script, String.valueOf(node.port())));
    command.addAll(List.of(more));
    return CLIENTS.run(
        line -> {
          if (line.startsWith("publish ")) {
            node.publish(line.substring("publish ".length()), "said", Map.of("n", 1));
          }
        },
        command.toArray(String[]::new));
  }
}
