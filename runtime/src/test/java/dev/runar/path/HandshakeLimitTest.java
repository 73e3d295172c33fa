package dev.runar.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.with;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How many handshakes of one event loop may wait for services, on real sockets. */
@Timeout(300)
class HandshakeLimitTest {
  private static final int MOST = 1_000;
  private static final String REFUSED = "503 too many handshakes wait; try again later";

  @TempDir Path folder;

  /** A node that runs on one processor, and so has one event loop. */
  private final class Running implements AutoCloseable {
    private final Process process;
    private final BufferedReader out;
    private final Writer in;
    final int port;

    Running() throws IOException {
      process =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-XX:ActiveProcessorCount=1",
                  "-XX:TieredStopAtLevel=1",
                  "-XX:+UseSerialGC",
                  "-Xmx256m",
                  "--sun-misc-unsafe-memory-access=allow",
                  "-cp",
                  System.getProperty("java.class.path"),
                  WaitingRoomProcess.class.getName())
              .redirectError(folder.resolve("errors.txt").toFile())
              .start();
      out =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII));
      in = process.outputWriter(StandardCharsets.US_ASCII);
      port = read();
    }

    private int read() throws IOException {
      String line = out.readLine();
      if (line == null) {
        throw new AssertionError(
            "the process died: " + Files.readString(folder.resolve("errors.txt")));
      }
      return Integer.parseInt(line);
    }

    private int say(String command) {
      try {
        in.write(command + "\n");
        in.flush();
        return read();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    /** How often the service was asked. */
    int asked() {
      return say("asked");
    }

    void release() {
      var _ = say("release");
    }

    RawHandshake knock() {
      return new RawHandshake(port, "/live");
    }

    @Override
    public void close() throws IOException {
      in.close();
      try {
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      } finally {
        process.destroyForcibly();
      }
    }
  }

  private static ConditionFactory await() {
    return with().pollInSameThread().atMost(Duration.ofSeconds(100));
  }

  /** The page of meters, which is asked for by plain HTTP. */
  private static String meters(int port) throws Exception {
    try (HttpClient http = HttpClient.newHttpClient()) {
      URI page = URI.create("http://127.0.0.1:" + port + "/metrics");
      return http.send(HttpRequest.newBuilder(page).build(), BodyHandlers.ofString()).body();
    }
  }

  private static String refusals(int count) {
    return "runar_refusals_total{reason=\"handshake_limit\"} " + count + ".0\n";
  }

  @Test
  void soManyWaitAndOneMoreIsToldToComeAgainUntilOneHasLeft() throws Exception {
    try (var node = new Running()) {
      var waiting = new ArrayDeque<RawHandshake>();
      try {
        for (int i = 0; i < MOST; i++) {
          waiting.add(node.knock());
        }
        await().until(() -> node.asked() == MOST);
        assertThat(meters(node.port)).contains(refusals(0));

        for (int refused = 1; refused <= 3; refused++) {
          try (RawHandshake late = node.knock()) {
            assertThat(late.status()).isEqualTo(REFUSED);
            assertThat(late.head()).containsIgnoringCase("\r\nretry-after: 1\r\n");
          }
          assertThat(meters(node.port)).contains(refusals(refused), "\nrunar_connections 0.0\n");
        }
        assertThat(node.asked()).as("nobody is asked of those").isEqualTo(MOST);
        // What waits for no service is as before.
        try (Client client =
            Client.connect(URI.create("ws://127.0.0.1:" + node.port + "/topics"))) {
          assertThat(client.send("{\"ping\":1}").next()).isEqualTo("{\"pong\":1}");
        }

        waiting.remove().close();
        await().until(() -> waits(node, waiting));
        try (RawHandshake late = node.knock()) {
          assertThat(late.status()).as("it was one place").isEqualTo(REFUSED);
        }

        node.release();
        assertThat(waiting).hasSize(MOST).allMatch(each -> each.status().equals("101"));
        try (RawHandshake next = node.knock()) {
          assertThat(next.status()).isEqualTo("101");
        }
      } finally {
        waiting.forEach(RawHandshake::close);
      }
    }
  }

  /** Whether one more may wait; until the node has seen who left, it may not. */
  private static boolean waits(Running node, ArrayDeque<RawHandshake> waiting) {
    RawHandshake next = node.knock();
    await().until(() -> next.isAnswered() || node.asked() > MOST);
    if (next.isAnswered()) {
      assertThat(next.status()).isEqualTo(REFUSED);
      next.close();
      return false;
    }
    waiting.add(next);
    return true;
  }
}
