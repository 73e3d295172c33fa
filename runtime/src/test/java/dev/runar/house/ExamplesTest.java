package dev.runar.house;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.Event;
import dev.runar.Node;
import dev.runar.Payload;
import dev.runar.SubscribeOptions;
import dev.runar.apps.App;
import dev.runar.apps.AppStore;
import java.io.IOException;
import java.net.CookieManager;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The examples do what their READMEs say. */
@Timeout(120)
class ExamplesTest {
  private static final Path EXAMPLES = Path.of("../examples").toAbsolutePath().normalize();
  private static final String JSON = "application/json";
  private static final String FORM = "application/x-www-form-urlencoded";

  @TempDir Path folder;

  static Stream<Path> examples() throws IOException {
    try (var entries = Files.list(EXAMPLES)) {
      return entries.filter(Files::isDirectory).toList().stream();
    }
  }

  @ParameterizedTest
  @MethodSource("examples")
  void everyExampleHasAReadmeOfAboutTenLines(Path example) throws IOException {
    assertThat(Files.readAllLines(example.resolve("README.md"))).hasSizeBetween(5, 15);
  }

  @Test
  void mathAnswersPublishesAndServesItsPage() throws Exception {
    try (Node node = Node.builder().port(0).build()) {
      node.addScript(EXAMPLES.resolve("01-math/app.ts")).join();

      assertThat(node.request("math/add", Payload.object("a", 5, "b", 3)).join().asInt())
          .isEqualTo(8);
      var value = node.on("counter/value", Duration.ofSeconds(20), SubscribeOptions.DEFAULT);
      node.publish("counter/increment", Payload.object("by", 1)).join();
      Event event = value.join();
      assertThat(event.payload().asMap()).containsKeys("value", "by", "source");

      URI url = node.urls().get(0);
      try (var client = HttpClient.newHttpClient()) {
        var page = client.send(HttpRequest.newBuilder(url).build(), BodyHandlers.ofString());
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.body()).contains("<title>");
      }
    }
  }

  @Test
  void chatLetsInWhoHasANameAndTellsTheRoomWhatIsSaid() throws Exception {
    try (Node node = Node.builder().port(0).build();
        HttpClient ada = HttpClient.newBuilder().cookieHandler(new CookieManager()).build();
        HttpClient nobody = HttpClient.newHttpClient()) {
      node.addScript(EXAMPLES.resolve("03-chat/app.ts")).join();
      URI url = node.urls().get(0);
      assertThat(ask(ada, url.resolve("/chat/session"), JSON, "{\"name\":\"<b>\"}"))
          .startsWith("400 ");
      assertThat(ask(ada, url.resolve("/chat/session"), JSON, "{\"name\":\"Ada\"}"))
          .startsWith("201 {\"me\":{\"id\":\"");

      var heard = new LinkedBlockingQueue<String>();
      URI socket = URI.create("ws://" + url.getAuthority() + "/app/chat-key?protocol=7");
      WebSocket ws = ada.newWebSocketBuilder().buildAsync(socket, new Into(heard)).join();
      String id = heard.take().replaceAll(".*?(\\d+\\.\\d+).*", "$1");
      String asked = "socket_id=" + id + "&channel_name=presence-room-lobby";
      assertThat(ask(nobody, url.resolve("/pusher/auth"), FORM, asked)).startsWith("403 ");
      String signed = ask(ada, url.resolve("/pusher/auth"), FORM, asked);
      assertThat(signed).startsWith("200 {\"auth\":\"chat-key:");
      String data = signed.substring(5, signed.length() - 1);
      ws.sendText(
              "{\"event\":\"pusher:subscribe\",\"data\":{\"channel\":\"presence-room-lobby\","
                  + data
                  + "}}",
              true)
          .join();
      assertThat(heard.take())
          .contains("subscription_succeeded")
          .contains("{\\\"name\\\":\\\"Ada\\\"}");

      URI lobby = url.resolve("/chat/rooms/lobby/messages");
      assertThat(ask(nobody, lobby, JSON, "{\"text\":\"hello\"}")).startsWith("403 ");
      assertThat(ask(ada, lobby, JSON, "{\"text\":\"<i>hello</i>\"}")).startsWith("201 ");
      assertThat(heard.take())
          .startsWith("{\"channel\":\"presence-room-lobby\",\"event\":\"message\"")
          .contains("\\\"text\\\":\\\"<i>hello</i>\\\"");
      ws.abort();
    }
  }

  @Test
  void chatEndsTheConnectionsAndTheTokenOfWhoSignsOut() throws Exception {
    var cookies = new CookieManager();
    try (Node node = Node.builder().port(0).build();
        HttpClient ada = HttpClient.newBuilder().cookieHandler(cookies).build();
        HttpClient thief = HttpClient.newHttpClient()) {
      node.addScript(EXAMPLES.resolve("03-chat/app.ts")).join();
      URI url = node.urls().get(0);
      URI session = url.resolve("/chat/session");
      ask(ada, session, JSON, "{\"name\":\"Ada\"}");
      String copied = "chat=" + cookies.getCookieStore().getCookies().getFirst().getValue();
      var asWho = HttpRequest.newBuilder(session).header("cookie", copied);
      assertThat(thief.send(asWho.build(), BodyHandlers.ofString()).body()).contains("Ada");

      var heard = new LinkedBlockingQueue<String>();
      URI socket = URI.create("ws://" + url.getAuthority() + "/app/chat-key?protocol=7");
      WebSocket ws = thief.newWebSocketBuilder().buildAsync(socket, new Into(heard)).join();
      String id = heard.take().replaceAll(".*?(\\d+\\.\\d+).*", "$1");
      String signed = ask(ada, url.resolve("/pusher/user-auth"), FORM, "socket_id=" + id);
      assertThat(signed).startsWith("200 {\"auth\":\"chat-key:");
      ws.sendText("{\"event\":\"pusher:signin\",\"data\":" + signed.substring(4) + "}", true)
          .join();
      assertThat(heard.take()).contains("pusher:signin_success");

      var leave = HttpRequest.newBuilder(session).DELETE().build();
      assertThat(ada.send(leave, BodyHandlers.discarding()).statusCode()).isEqualTo(204);
      assertThat(heard.take()).contains("pusher:error");
      assertThat(heard.take()).isEqualTo("closed with 4009");
      assertThat(thief.send(asWho.build(), BodyHandlers.ofString()).body())
          .startsWith("{\"me\":null");
    }
  }

  @Test
  void chatKeepsNothingThatCouldNotBePublished() throws Exception {
    var app = App.of("chat", "chat-key", "secret").withEnabled(false);
    try (Node node = Node.builder().port(0).apps(new Only(app)).build();
        HttpClient ada = HttpClient.newBuilder().cookieHandler(new CookieManager()).build()) {
      node.addScript(EXAMPLES.resolve("03-chat/app.ts")).join();
      URI url = node.urls().get(0);
      String me = ask(ada, url.resolve("/chat/session"), JSON, "{\"name\":\"Ada\"}");
      String id = me.replaceAll(".*\"id\":\"([0-9a-f]+)\".*", "$1");
      for (String talk :
          List.of("/chat/rooms/lobby/messages", "/chat/people/" + id + "/messages")) {
        URI messages = url.resolve(talk);
        assertThat(ask(ada, messages, JSON, "{\"text\":\"hello\"}")).startsWith("403 ");
        var kept = HttpRequest.newBuilder(messages).build();
        assertThat(ada.send(kept, BodyHandlers.ofString()).body()).isEqualTo("[]");
      }
    }
  }

  /** Knows one app. */
  private record Only(App app) implements AppStore {
    @Override
    public CompletionStage<Optional<App>> byKey(String key) {
      return CompletableFuture.completedFuture(Optional.of(app).filter(a -> a.key().equals(key)));
    }

    @Override
    public CompletionStage<Optional<App>> byId(String id) {
      return CompletableFuture.completedFuture(Optional.of(app).filter(a -> a.id().equals(id)));
    }
  }

  private static String ask(HttpClient client, URI url, String type, String body)
      throws IOException, InterruptedException {
    var request =
        HttpRequest.newBuilder(url)
            .header("content-type", type)
            .POST(BodyPublishers.ofString(body))
            .build();
    var answer = client.send(request, BodyHandlers.ofString());
    return answer.statusCode() + " " + answer.body();
  }

  /** Puts what comes into a queue. */
  private record Into(BlockingQueue<String> heard) implements WebSocket.Listener {
    @Override
    public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence text, boolean last) {
      heard.add(text.toString());
      socket.request(1);
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
      heard.add("closed with " + code);
      return null;
    }
  }

  @Test
  void embedInJavaPrintsWhatItsReadmePromises() throws Exception {
    Path output = folder.resolve("output.txt");
    Process process =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-cp",
                    System.getProperty("java.class.path"),
                    EXAMPLES.resolve("02-embed-in-java/EmbedNode.java").toString(),
                    EXAMPLES.resolve("02-embed-in-java/greeter.ts").toString()))
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      assertThat(process.waitFor(100, TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    String text = Files.readString(output);
    assertThat(process.exitValue()).as(text).isZero();
    assertThat(text)
        .contains("listening on [http://127.0.0.1:")
        .contains("Ada")
        .contains("queued for 1 of 1")
        .contains("greeter/thanked: ")
        .endsWith("stopped\n");
    assertThat(text.lines().filter(line -> line.contains("scripts run in the interpreter")))
        .hasSize(1);
  }
}
