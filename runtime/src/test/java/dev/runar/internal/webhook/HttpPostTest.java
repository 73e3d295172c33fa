package dev.runar.internal.webhook;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpServer;
import dev.runar.Payload;
import dev.runar.apps.App;
import dev.runar.apps.Webhook;
import dev.runar.internal.node.Delays;
import dev.runar.internal.protocol.pusher.Signature;
import dev.runar.internal.webhook.WebhookStats.Outcome;
import dev.runar.spi.Clock;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A webhook over real HTTP. */
@Timeout(30)
class HttpPostTest {
  /** Enough to connect and to send headers on a busy machine. */
  private static final Duration LIMIT = Duration.ofSeconds(3);

  private record Received(String method, Headers headers, byte[] body) {}

  @Test
  void p78AReceiverCanCheckTheSignatureAndHearsAgainAfterAFailure() throws Exception {
    var received = new LinkedBlockingQueue<Received>();
    var statuses = new LinkedBlockingQueue<>(List.of(503, 200));
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/hook",
        exchange -> {
          byte[] body = exchange.getRequestBody().readAllBytes();
          received.add(
              new Received(exchange.getRequestMethod(), exchange.getRequestHeaders(), body));
          exchange.sendResponseHeaders(statuses.remove(), -1);
          exchange.close();
        });
    server.start();
    var url = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/hook");
    App app =
        App.of("1", "key", "secret")
            .withWebhooks(List.of(new Webhook(url, Set.of(), "", Map.of())));
    try (var delays = Delays.system();
        var work = Executors.newVirtualThreadPerTaskExecutor()) {
      var webhooks = new Webhooks(Clock.system(), delays, work);
      webhooks.channelOccupied(app, "room");
      for (int call = 0; call < 2; call++) {
        Received one = received.poll(10, TimeUnit.SECONDS);
        assertThat(one).isNotNull();
        assertThat(one.method()).isEqualTo("POST");
        assertThat(new String(one.body(), UTF_8))
            .endsWith("\"events\":[{\"name\":\"channel_occupied\",\"channel\":\"room\"}]}");
        assertThat(one.headers().getFirst("X-Pusher-Signature"))
            .isEqualTo(Signature.sign("secret", one.body()));
        assertThat(one.headers().getFirst("X-Pusher-Key")).isEqualTo("key");
        assertThat(one.headers().getFirst("Content-Type")).isEqualTo("application/json");
      }
      await().until(() -> webhooks.stats().of(Outcome.DELIVERED) == 1);
      assertThat(webhooks.stats().of(Outcome.RETRIED)).isEqualTo(1);
      webhooks.stop(Duration.ofSeconds(10)).get(20, TimeUnit.SECONDS);
    } finally {
      server.stop(0);
    }
  }

  /** Each connection of such a receiver would else stay open for as long as it likes. */
  @ParameterizedTest
  @CsvSource({
    "'HTTP/1.1 200 OK\r\nContent-Length: 5', 200",
    "'HTTP/1.1 503 Away\r\nTransfer-Encoding: chunked', 503"
  })
  void headersThenSilenceAreAnAnswerAndTheConnectionIsClosedByUs(String head, int status)
      throws Exception {
    try (var receiver = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        var work = Executors.newVirtualThreadPerTaskExecutor();
        var post = new HttpPost(work, LIMIT)) {
      CompletableFuture<Integer> answer = post.make(callTo(receiver));
      try (Socket connection = receiver.accept()) {
        connection.setSoTimeout(10_000);
        byte[] request = connection.getInputStream().readNBytes(1);
        assertThat(request).isNotEmpty();
        connection.getOutputStream().write((head + "\r\n\r\n").getBytes(UTF_8));
        assertThat(answer.get(10, TimeUnit.SECONDS)).isEqualTo(status);
        assertEnds(connection);
      }
    }
  }

  @Test
  void noAnswerIsAFailureAndTheConnectionIsClosedByUs() throws Exception {
    try (var receiver = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        var work = Executors.newVirtualThreadPerTaskExecutor();
        var post = new HttpPost(work, LIMIT)) {
      CompletableFuture<Integer> answer = post.make(callTo(receiver));
      try (Socket connection = receiver.accept()) {
        connection.setSoTimeout(10_000);
        assertThatThrownBy(() -> answer.get(10, TimeUnit.SECONDS))
            .hasCauseInstanceOf(TimeoutException.class);
        assertEnds(connection);
      }
    }
  }

  private static WebhookPost.Call callTo(ServerSocket receiver) {
    var url = URI.create("http://127.0.0.1:" + receiver.getLocalPort() + "/");
    return new WebhookPost.Call(url, Map.of(), Payload.json("{}"));
  }

  /** A reset is an end too; a timeout is none. */
  private static void assertEnds(Socket connection) throws IOException {
    try {
      connection.getInputStream().readAllBytes();
    } catch (SocketException e) {
      assertThat(e).hasMessageContaining("reset");
    }
  }
}
