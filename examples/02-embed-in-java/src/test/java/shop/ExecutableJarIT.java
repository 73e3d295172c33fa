package shop;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The application as it is shipped: one jar, one process. */
@Timeout(180)
class ExecutableJarIT {
  private static final Pattern STARTED = Pattern.compile("Tomcat started on port (\\d+)");
  private static final Duration ARRIVAL = Duration.ofSeconds(30);

  private final HttpClient http = HttpClient.newHttpClient();

  @Test
  void theJarServesWhatTheScriptSays() throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-jar",
                System.getProperty("app.jar"),
                "--server.port=0")
            .redirectErrorStream(true)
            .start();
    var log = new StringBuffer();
    var port = new CompletableFuture<String>();
    Thread reader = Thread.ofVirtual().start(() -> read(process, log, port));
    try {
      String url = "http://127.0.0.1:" + port.get();
      assertThat(get(url + "/greet/Ada")).isEqualTo("Good morning, Ada!");
      String receipt =
          http.send(
                  HttpRequest.newBuilder(URI.create(url + "/orders"))
                      .header("content-type", "application/json")
                      .POST(BodyPublishers.ofString("{\"item\":\"tea\"}"))
                      .build(),
                  BodyHandlers.ofString())
              .body();
      assertThat(receipt).contains("\"matched\":1", "\"queued\":1");
      String thanks = get(url + "/thanks");
      long latest = System.nanoTime() + ARRIVAL.toNanos(); // the events are on their way
      while (thanks.equals("[]")
          && System.nanoTime() < latest
          && !process.waitFor(10, TimeUnit.MILLISECONDS)) {
        thanks = get(url + "/thanks");
      }
      assertThat(thanks).isEqualTo("[\"Thank you for the tea.\"]");

      process.destroy();
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isEqualTo(143);
    } finally {
      process.destroyForcibly();
    }
    reader.join();
    assertThat(log.toString()).doesNotContain("restricted method", " ERROR ");
  }

  /** Until the process ends. */
  private static void read(Process process, StringBuffer log, CompletableFuture<String> port) {
    process
        .inputReader()
        .lines()
        .forEach(
            line -> {
              log.append(line).append('\n');
              Matcher started = STARTED.matcher(line);
              if (started.find()) {
                port.complete(started.group(1));
              }
            });
    port.completeExceptionally(new AssertionError("the application ended:\n" + log));
  }

  private String get(String url) throws Exception {
    return http.send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofString())
        .body();
  }
}
