package dev.runar.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.runar.cli.systemd.DatagramInbox;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What systemd is told by a node that it has started. */
@Timeout(120)
@EnabledOnOs(OS.LINUX)
class InitSystemTest {
  @TempDir private Path folder;
  private DatagramInbox inbox;
  private String address;

  @BeforeEach
  void open() throws IOException {
    address = folder.resolve("notify").toString();
    inbox = DatagramInbox.at(address);
  }

  @AfterEach
  void close() throws IOException {
    inbox.close();
  }

  @Test
  void aNodeIsReadyWhenItsPortAnswersThenLivesThenStops() throws Exception {
    Path script = Files.writeString(folder.resolve("app.ts"), "export {};\n");
    var cli = new CliFixture(folder);
    cli.realNodes = true;
    cli.init =
        NotifyingInitSystem.of(
            Map.of("NOTIFY_SOCKET", address, "WATCHDOG_USEC", "200000"),
            ProcessHandle.current().pid());

    var exitCode = cli.begin("run", script.toString(), "--port", "0", "--set", "drainTimeout=100");

    String ready = next("READY=1");
    assertThat(ready).matches("READY=1\nSTATUS=http://127\\.0\\.0\\.1:\\d+");
    assertThat(status(ready.substring(ready.indexOf("http")) + "/ready")).isEqualTo(200);
    assertThat(next("WATCHDOG=1")).isEqualTo("WATCHDOG=1");
    assertThat(next("WATCHDOG=1")).isEqualTo("WATCHDOG=1");

    cli.signals.getFirst().run();

    // Three drains of 100 ms and the margin of 5 s, as microseconds.
    assertThat(next("STOPPING=1")).isEqualTo("STOPPING=1\nEXTEND_TIMEOUT_USEC=5300000");
    assertThat(exitCode.join()).isZero();
    cli.close();
  }

  @Test
  void aNodeThatDoesNotAnswerIsNotToldToLive() throws Exception {
    String script = Files.createFile(folder.resolve("app.ts")).toString();
    var cli = new CliFixture(folder); // its node has no $health/live
    cli.init =
        NotifyingInitSystem.of(
            Map.of("NOTIFY_SOCKET", address, "WATCHDOG_USEC", "20000"),
            ProcessHandle.current().pid());
    var log = new StringBuffer();
    Handler handler = logTo(log);
    Logger logger = Logger.getLogger("runar.cli");
    logger.addHandler(handler);
    try {
      var exitCode = cli.begin("run", script);
      assertThat(inbox.take()).startsWith("READY=1");

      await().until(() -> log.toString().split("has failed").length > 3);
      cli.signals.getFirst().run();

      assertThat(inbox.take()).startsWith("STOPPING=1");
      assertThat(exitCode.join()).isZero();
      assertThat(log)
          .contains(
              "init system is not told alive",
              "$health/live of the node, which had 5 ms, has failed");
    } finally {
      logger.removeHandler(handler);
      cli.close();
    }
  }

  private static Handler logTo(StringBuffer log) {
    return new Handler() {
      @Override
      public void publish(LogRecord line) {
        log.append(new SimpleFormatter().formatMessage(line)).append('\n');
      }

      @Override
      public void flush() {}

      @Override
      public void close() {}
    };
  }

  @Test
  void theProcessThatSystemdStartsTellsIt() throws Exception {
    Path script = Files.writeString(folder.resolve("app.ts"), "export {};\n");
    var builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            Main.class.getName(),
            "run",
            script.toString(),
            "--port",
            "0");
    builder.environment().put("NOTIFY_SOCKET", address);
    builder.environment().put("XDG_RUNTIME_DIR", folder.toString());
    Process process = builder.inheritIO().start();
    try {
      assertThat(next("READY=1")).startsWith("READY=1\nSTATUS=http://127.0.0.1:");
      process.destroy();
      assertThat(next("STOPPING=1")).startsWith("STOPPING=1\nEXTEND_TIMEOUT_USEC=");
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isZero();
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void theEnvironmentSaysWhoWantsToKnow() {
    assertThat(NotifyingInitSystem.of(Map.of(), 7)).isSameAs(InitSystem.NONE);
    assertThat(NotifyingInitSystem.of(Map.of("NOTIFY_SOCKET", ""), 7)).isSameAs(InitSystem.NONE);
    assertThat(watchdog(Map.of())).isEmpty();
    assertThat(watchdog(Map.of("WATCHDOG_USEC", "30000000"))).contains(Duration.ofSeconds(30));
    assertThat(watchdog(Map.of("WATCHDOG_USEC", "1", "WATCHDOG_PID", "7"))).isPresent();
    assertThat(watchdog(Map.of("WATCHDOG_USEC", "1", "WATCHDOG_PID", "8"))).isEmpty();
    assertThat(watchdog(Map.of("WATCHDOG_USEC", "soon"))).isEmpty();
    assertThat(watchdog(Map.of("WATCHDOG_USEC", "-1"))).isEmpty();
  }

  private Optional<Duration> watchdog(Map<String, String> variables) {
    var environment = new HashMap<>(variables);
    environment.put("NOTIFY_SOCKET", address);
    return NotifyingInitSystem.of(environment, 7).watchdog();
  }

  /** The next message that begins so; signs of life may come between others. */
  private String next(String beginning) throws IOException {
    String message = inbox.take();
    while (!message.startsWith(beginning)) {
      assertThat(List.of("WATCHDOG=1")).contains(message);
      message = inbox.take();
    }
    return message;
  }

  private static int status(String url) throws IOException, InterruptedException {
    try (var client = HttpClient.newHttpClient()) {
      return client
          .send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.discarding())
          .statusCode();
    }
  }
}
