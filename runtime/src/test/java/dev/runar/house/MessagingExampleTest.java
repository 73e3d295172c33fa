package dev.runar.house;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.runar.Payload;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * examples/04-messaging as a process of its own, over real sockets, killed in the middle: the rows
 * S1-* that only a whole node can show. The others are in the example's own {@code app.test.ts}.
 */
@Timeout(400)
class MessagingExampleTest {
  private static final Path APP =
      Path.of("../examples/04-messaging/app.ts").toAbsolutePath().normalize();
  private static final Pattern READY = Pattern.compile("ready.*?(http://[^\\s,]+)");
  private static final long PATIENCE_SECONDS = 120;

  @TempDir Path folder;
  private final HttpClient http = HttpClient.newHttpClient();

  @Test
  void s1_3_s1_4_s1_5_nothingUnacknowledgedIsLostWhenTheNodeIsKilled() throws Exception {
    String ann;
    String bob;
    try (Running node = start()) {
      ann = login(node, "ann");
      bob = login(node, "bob");
      post(node, "/messaging/conversations", ann, Payload.object("id", "c1"));
      assertThat(status(node, bob, "c1", "phone")).isEqualTo(403); // not invited yet
      post(node, "/messaging/conversations/c1/members", ann, Payload.object("user", "bob"));
      assertThat(status(node, "forged." + bob, "c1", "phone")).isEqualTo(401);
      assertThat(status(node, bob, "c2", "phone")).isEqualTo(403);

      connect(node, bob, "phone").leave();
      connect(node, bob, "laptop").leave();
      for (String text : List.of("one", "two", "three")) {
        assertThat(say(node, ann, text)).containsEntry("level", "SYNCED");
      }
      try (Talker phone = connect(node, bob, "phone")) {
        List<Map<String, @Nullable Object>> waited = phone.unacked();
        assertThat(texts(waited)).containsExactly("one", "two", "three");
        assertThat(phone.ack(waited.getFirst())).containsEntry("level", "SYNCED");
        node.kill();
      }
    }
    try (Running node = start()) {
      try (Talker phone = connect(node, bob, "phone");
          Talker laptop = connect(node, bob, "laptop");
          Talker other = connect(node, ann, "phone")) {
        List<Map<String, @Nullable Object>> waited = phone.unacked();
        assertThat(texts(waited)).containsExactly("two", "three");
        assertThat(waited).allMatch(message -> Boolean.TRUE.equals(message.get("redelivered")));
        assertThat(texts(laptop.unacked())).containsExactly("one", "two", "three");

        other.send("{\"type\":\"Typing\",\"conversation_id\":\"c1\",\"user_id\":\"ann\"}");
        assertThat(phone.next())
            .containsEntry("type", "TypingStarted")
            .containsEntry("user_id", "ann");
        say(node, ann, "four"); // comes by itself to who has caught up
        assertThat(phone.next()).containsEntry("text", "four");
        for (Map<String, @Nullable Object> message : waited) {
          phone.ack(message);
        }
      }
      try (Talker phone = connect(node, bob, "phone")) {
        assertThat(texts(phone.unacked())).containsExactly("four");
      }
    }
  }

  @Test
  void s1_1_s1_10_badFramesAreAnsweredAndCounted() throws Exception {
    try (Running node = start()) {
      String ann = login(node, "ann");
      post(node, "/messaging/conversations", ann, Payload.object("id", "c1"));
      try (Talker client = connect(node, ann, "phone")) {
        client.send("{");
        assertThat(client.next()).containsEntry("code", "MALFORMED");
        client.send("{\"type\":\"Ack\",\"msg\":0}");
        assertThat(client.next()).containsEntry("code", "INVALID");
        client.send("{\"type\":\"Typing\",\"conversation_id\":\"c1\",\"user_id\":\"bob\"}");
        assertThat(client.unacked()).isEmpty(); // and nothing was said of typing for another
      }
      await()
          .atMost(Duration.ofSeconds(20))
          .untilAsserted(
              () ->
                  assertThat(get(node, "/messaging/counts"))
                      .containsEntry("frames_malformed", 1)
                      .containsEntry("frames_invalid", 1)
                      .containsEntry("typing_for_others", 1)
                      .containsEntry("frames", 3)
                      .containsEntry("sessions", 0)
                      .containsKey("p99_ms"));
    }
  }

  private static List<@Nullable Object> texts(List<Map<String, @Nullable Object>> messages) {
    return messages.stream().<@Nullable Object>map(message -> message.get("text")).toList();
  }

  private String login(Running node, String user) throws Exception {
    return String.valueOf(
        post(node, "/messaging/login", "", Payload.object("user", user)).get("token"));
  }

  private Map<String, @Nullable Object> say(Running node, String token, String text)
      throws Exception {
    return post(node, "/messaging/conversations/c1/messages", token, Payload.object("text", text));
  }

  private Map<String, @Nullable Object> post(Running node, String path, String token, Payload body)
      throws Exception {
    var request =
        HttpRequest.newBuilder(node.url.resolve(path))
            .header("content-type", "application/json")
            .header("authorization", "Bearer " + token)
            .POST(BodyPublishers.ofString(body.text()))
            .build();
    var response = http.send(request, BodyHandlers.ofString());
    assertThat(response.statusCode()).as(response.body()).isEqualTo(201);
    return Payload.json(response.body()).asMap();
  }

  private Map<String, @Nullable Object> get(Running node, String path) throws Exception {
    var request = HttpRequest.newBuilder(node.url.resolve(path)).build();
    return Payload.json(http.send(request, BodyHandlers.ofString()).body()).asMap();
  }

  /** Of a handshake: 101 when the client is let in. */
  private int status(Running node, String token, String conversation, String client) {
    try {
      connect(node, token, conversation, client).leave();
      return 101;
    } catch (CompletionException e) {
      return ((WebSocketHandshakeException) e.getCause()).getResponse().statusCode();
    }
  }

  private Talker connect(Running node, String token, String client) {
    return connect(node, token, "c1", client);
  }

  private Talker connect(Running node, String token, String conversation, String client) {
    return new Talker(
        http,
        URI.create(
            "ws://%s/ws?token=%s&conversation=%s&client=%s"
                .formatted(node.url.getAuthority(), token, conversation, client)));
  }

  private Running start() throws IOException {
    return new Running(folder);
  }

  /** A node in a process of its own, with its data in a folder. */
  private static final class Running implements AutoCloseable {
    final URI url;
    private final Process process;

    Running(Path folder) throws IOException {
      Path output = Files.createTempFile(folder, "output", ".txt");
      var command =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-XX:TieredStopAtLevel=1",
                  "--enable-native-access=ALL-UNNAMED",
                  "--sun-misc-unsafe-memory-access=allow",
                  "-Dpolyglot.engine.WarnInterpreterOnly=false",
                  "-cp",
                  System.getProperty("java.class.path"),
                  "dev.runar.cli.Main",
                  "run",
                  APP.toString(),
                  "--port",
                  "0")
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .redirectOutput(output.toFile());
      command.environment().put("RUNAR_SUPERVISION_LOAD_TIMEOUT", "240000");
      process = command.start();
      url =
          await()
              .atMost(Duration.ofSeconds(PATIENCE_SECONDS))
              .until(() -> url(output), found -> found != null || !process.isAlive());
      if (url == null) {
        process.destroyForcibly();
        throw new AssertionError("the node is not ready: " + Files.readString(output));
      }
    }

    private static @Nullable URI url(Path output) throws IOException {
      Matcher ready = READY.matcher(Files.readString(output));
      return ready.find() ? URI.create(ready.group(1)) : null;
    }

    /** SIGKILL. */
    void kill() throws InterruptedException {
      boolean _ = process.toHandle().destroyForcibly();
      assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    }

    @Override
    public void close() throws InterruptedException {
      kill();
    }
  }

  /** A client of the socket. */
  private static final class Talker implements AutoCloseable, WebSocket.Listener {
    private final BlockingQueue<String> frames = new LinkedBlockingQueue<>();
    private final StringBuilder part = new StringBuilder();
    private final WebSocket socket;

    Talker(HttpClient http, URI uri) {
      socket = http.newWebSocketBuilder().buildAsync(uri, this).join();
    }

    void send(String frame) {
      socket.sendText(frame, true).join();
    }

    Map<String, @Nullable Object> next() throws InterruptedException {
      String frame = frames.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
      assertThat(frame).isNotNull();
      return Payload.json(frame).asMap();
    }

    /** The messages up to the frame that says there are no more. */
    List<Map<String, @Nullable Object>> unacked() throws InterruptedException {
      send("{\"type\":\"GetUnacked\"}");
      var messages = new ArrayList<Map<String, @Nullable Object>>();
      for (var frame = next(); !"Unacked".equals(frame.get("type")); frame = next()) {
        messages.add(frame);
      }
      return messages;
    }

    Map<String, @Nullable Object> ack(Map<String, @Nullable Object> message)
        throws InterruptedException {
      send("{\"type\":\"Ack\",\"msg\":%s}".formatted(message.get("msg")));
      Map<String, @Nullable Object> answer = next();
      assertThat(answer).containsEntry("type", "Acked");
      return answer;
    }

    /** The node has seen it go. */
    void leave() {
      socket.sendClose(WebSocket.NORMAL_CLOSURE, "").join();
    }

    @Override
    public void close() {
      socket.abort();
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence text, boolean last) {
      part.append(text);
      if (last) {
        frames.add(part.toString());
        part.setLength(0);
      }
      from.request(1);
      return null;
    }
  }
}
