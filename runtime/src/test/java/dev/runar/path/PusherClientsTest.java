package dev.runar.path;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.runar.apps.Webhook;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * pusher-js, Laravel Echo and the server library of npm, as they are published, at the versions of
 * {@code src/test/pusher-clients}. What is installed is kept in {@code target/pusher-clients}.
 */
@Timeout(300)
class PusherClientsTest {
  private static final Path SOURCES = Path.of("src/test/pusher-clients");
  private static final Path INSTALLED = Path.of("target/pusher-clients");

  @Test
  void pusherJsUsesEveryKindOfChannel() throws Exception {
    install();
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
    install();
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
    install();
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
    install();
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
    var command = new ArrayList<>(List.of("node", script, String.valueOf(node.port())));
    command.addAll(List.of(more));
    Process process =
        new ProcessBuilder(command).directory(INSTALLED.toFile()).redirectErrorStream(true).start();
    var lines = new ArrayList<String>();
    try (var out =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        lines.add(line);
        if (line.startsWith("publish ")) {
          node.publish(line.substring("publish ".length()), "said", Map.of("n", 1));
        }
      }
      assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    return lines;
  }

  /** Asks npm only if the lock file is another than last time. */
  private static void install() throws IOException, InterruptedException {
    Files.createDirectories(INSTALLED);
    try (var files = Files.list(SOURCES)) {
      for (Path file : files.toList()) {
        Files.copy(
            file, INSTALLED.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
      }
    }
    Path done = INSTALLED.resolve("node_modules/.installed");
    String lock = Files.readString(INSTALLED.resolve("package-lock.json"));
    if (Files.exists(done) && Files.readString(done).equals(lock)) {
      return;
    }
    Path log = INSTALLED.resolve("npm.log");
    Process npm = npm(log);
    assertThat(npm.waitFor(4, TimeUnit.MINUTES)).as("npm ci ends").isTrue();
    assertThat(npm.exitValue()).as(Files.readString(log)).isZero();
    Files.writeString(done, lock);
  }

  private static Process npm(Path log) throws IOException {
    try {
      return new ProcessBuilder("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
          .directory(INSTALLED.toFile())
          .redirectErrorStream(true)
          .redirectOutput(log.toFile())
          .start();
    } catch (IOException missing) {
      Assumptions.abort("NO PUSHER CLIENT IS TESTED: npm is not on this machine");
      throw missing;
    }
  }
}
