package dev.runar.path;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.Node;
import dev.runar.NodeConfig;
import dev.runar.Payload;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.Service;
import dev.runar.channels.TokenKeys;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An action that is asked who a client is, in every dialect that has clients with names. */
@Timeout(120)
class ConnectHookTest {
  private static final NodeConfig CONFIG =
      ScriptNode.CONFIG.withServer(
          ScriptNode.CONFIG.server().withTokens(TokenKeys.NONE.withOnConnect("auth/connect")));

  private final BlockingQueue<Map<?, ?>> asked = new LinkedBlockingQueue<>();
  private final CountDownLatch late = new CountDownLatch(1);
  private Node node;

  @BeforeEach
  void start() {
    node = Node.builder().config(CONFIG).start();
    node.addService(
            Service.at("auth")
                .action("connect", (payload, context) -> answer((Map<?, ?>) payload.value()))
                .action("who", (payload, context) -> context.identity().orElseThrow())
                .build())
        .join();
  }

  @AfterEach
  void stop() {
    late.countDown();
    node.close();
  }

  private Payload answer(Map<?, ?> question) throws InterruptedException {
    asked.add(question);
    return switch (String.valueOf(question.get("token"))) {
      case "of ada" ->
          Payload.object(
              "user", "ada",
              "info", Map.of("n", 1),
              "channels", List.of("news/ada"),
              "data", Map.of("hello", 1));
      case "short" -> Payload.object("user", "ada", "expires", 60);
      case "" -> Payload.object();
      case "bad" -> throw new RunarException(Code.PERMISSION_DENIED, "not on the list");
      case "broken" -> throw new IllegalStateException("a secret of the service");
      case "late" -> {
        late.await();
        yield Payload.object("user", "ada");
      }
      default -> Payload.of("no object");
    };
  }

  private Client open(String path) {
    int port = node.urls().get(0).getPort();
    return Client.connect(URI.create("ws://127.0.0.1:" + port + path));
  }

  private Client connect(String token) {
    return open("/connection/websocket").send(command(token));
  }

  private static String command(String token) {
    return "{\"id\":1,\"connect\":{\"token\":\"" + token + "\",\"data\":{\"room\":\"a\"}}}";
  }

  @Test
  void theActionSaysWhoTheClientIs() throws Exception {
    try (Client client = connect("of ada")) {
      assertThat(client.next())
          .contains("\"data\":{\"hello\":1},\"subs\":{\"news/ada\":{}}")
          .doesNotContain("expires");
      Map<?, ?> question = asked.poll(20, TimeUnit.SECONDS);
      assertThat(question.get("token")).isEqualTo("of ada");
      assertThat(question.get("data")).isEqualTo(Map.of("room", "a"));
      assertThat(question.get("transport")).isEqualTo("websocket");
      assertThat(question.get("remote").toString()).startsWith("127.0.0.1:");
      assertThat(((Map<?, ?>) question.get("headers")).get("upgrade")).isEqualTo("websocket");
      client.send("{\"id\":2,\"rpc\":{\"method\":\"auth/who\"}}");
      assertThat(client.next())
          .isEqualTo(
              "{\"id\":2,\"rpc\":{\"data\":{\"client\":\"%s\",\"user\":\"ada\",\"info\":{\"n\":1}}}}"
                  .formatted(question.get("client")));
    }
  }

  @Test
  void theCookiesOfAPageOfAnotherOriginAreNotShown() throws Exception {
    URI own = node.urls().get(0);
    for (String origin : List.of("http://" + own.getAuthority(), "https://evil.example")) {
      try (HttpClient http = HttpClient.newHttpClient()) {
        WebSocket socket =
            http.newWebSocketBuilder()
                .header("Origin", origin)
                .header("Cookie", "key=of-ada")
                .buildAsync(
                    URI.create("ws://" + own.getAuthority() + "/connection/websocket"),
                    new WebSocket.Listener() {})
                .join();
        socket.sendText(command("of ada"), true).join();
        Map<?, ?> headers = (Map<?, ?>) asked.poll(50, TimeUnit.SECONDS).get("headers");
        assertThat(headers.get("cookie")).isEqualTo(origin.contains("evil") ? null : "key=of-ada");
        socket.abort();
      }
    }
  }

  @Test
  void aLinkCanBringAboutNothingButAConnect() throws Exception {
    String commands = command("of ada") + "\n{\"id\":2,\"rpc\":{\"method\":\"auth/who\"}}";
    URI sse =
        node.urls()
            .get(0)
            .resolve(
                "/connection/sse?cf_connect="
                    + URLEncoder.encode(commands, StandardCharsets.UTF_8));
    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpResponse<String> answer =
          http.send(HttpRequest.newBuilder(sse).build(), BodyHandlers.ofString());
      assertThat(answer.statusCode()).isEqualTo(400);
      assertThat(answer.body().strip())
          .isEqualTo("cf_connect has to hold a connect command and no other");
    }
    assertThat(asked).isEmpty();
  }

  private static final String SCRIPT =
      """
      import { Node, PermissionError } from "runar-ts";
      const node = new Node();
      node.addService({
        name: "auth", path: "auth",
        actions: {
          connect({ token }: { token: string; headers: Record<string, string> }) {
            if (token !== "of ada") {
              throw new PermissionError("log in first");
            }
            return { user: "ada", info: { name: "Ada" }, expires: 3600, channels: ["news/ada"] };
          },
        },
      });
      """;

  @Test
  void aScriptSaysWhoTheClientIs(@TempDir Path folder) throws Exception {
    node.close();
    node = Node.create(CONFIG);
    node.addScript(Files.writeString(folder.resolve("auth.ts"), SCRIPT)).join();
    node.start().join();
    try (Client allowed = connect("of ada");
        Client refused = connect("of bob");
        Client plain = open("/topics").send("{\"connect\":{\"token\":\"of ada\"}}")) {
      assertThat(allowed.next()).contains("\"subs\":{\"news/ada\":{}}", "\"ttl\":3");
      assertThat(refused.closed()).isEqualTo("3500 log in first");
      assertThat(plain.next()).contains("\"user\":\"ada\"");
    }
  }

  @Test
  void aClientWithoutATokenIsAskedAboutToo() throws Exception {
    String base = "http://127.0.0.1:" + node.urls().get(0).getPort();
    try (StreamClient client =
        StreamClient.post(base, "/connection/http_stream", "{\"id\":1,\"connect\":{}}")) {
      assertThat(client.next()).startsWith("{\"id\":1,\"connect\":{\"client\":");
      Map<?, ?> question = asked.poll(20, TimeUnit.SECONDS);
      assertThat(question.get("transport")).isEqualTo("http_stream");
      assertThat(question.get("data")).isNull();
      assertThat(((Map<?, ?>) question.get("headers")).get("content-type"))
          .isEqualTo("application/json");
    }
  }

  @Test
  void whatItRefusesOrFailsAt() {
    try (Client refused = connect("bad");
        Client failed = connect("broken");
        Client odd = connect("odd")) {
      assertThat(refused.closed()).isEqualTo("3500 not on the list");
      String unchecked =
          "{\"id\":1,\"error\":{\"code\":100,"
              + "\"message\":\"internal server error: the token could not be checked\","
              + "\"temporary\":true}}";
      assertThat(failed.next()).isEqualTo(unchecked);
      assertThat(odd.next()).isEqualTo(unchecked);
    }
  }

  @Test
  void anAnswerThatDoesNotComeIsNotWaitedForLong() throws Exception {
    try (Client client = connect("late")) {
      assertThat(client.received.poll(40, TimeUnit.SECONDS)).contains("\"code\":100");
    }
    Map<?, ?> port = (Map<?, ?>) status().get("port");
    assertThat(((Map<?, ?>) port.get("onConnect")).get("late")).isEqualTo(1L);
  }

  private Map<?, ?> status() {
    return (Map<?, ?>) node.request("$runtime/status", Payload.of(null)).join().value();
  }

  @Test
  void whatExpiresIsAskedAgain() throws Exception {
    try (Client client = connect("short")) {
      assertThat(client.next()).containsPattern("\"expires\":true,\"ttl\":(60|5\\d)");
      assertThat(asked.poll(20, TimeUnit.SECONDS).get("headers")).isNotEqualTo(Map.of());
      client.send("{\"id\":2,\"refresh\":{\"token\":\"short\"}}");
      assertThat(client.next()).containsPattern("\"refresh\":\\{.*\"ttl\":(60|5\\d)");
      assertThat(asked.poll(20, TimeUnit.SECONDS).get("headers")).isEqualTo(Map.of());
      client.send("{\"id\":3,\"refresh\":{\"token\":\"bad\"}}");
      assertThat(client.closed()).isEqualTo("3500 not on the list");
    }
  }

  @Test
  void clientsOfTopicsAreAskedAboutTheSame() throws Exception {
    try (Client client = open("/topics")) {
      assertThat(client.send("{\"subscribe\":\"a\",\"id\":1}").next())
          .contains("PERMISSION_DENIED");
      assertThat(client.send("{\"connect\":{\"token\":\"bad\"},\"id\":2}").next())
          .contains("PERMISSION_DENIED")
          .contains("not on the list");
      assertThat(client.send("{\"connect\":{\"token\":\"of ada\"},\"id\":3}").next())
          .contains("\"user\":\"ada\"");
      assertThat(asked.poll(20, TimeUnit.SECONDS).get("transport")).isEqualTo("topics");
    }
  }
}
