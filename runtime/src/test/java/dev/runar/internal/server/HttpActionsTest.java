package dev.runar.internal.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.runar.ActionOptions;
import dev.runar.HttpCall;
import dev.runar.Node;
import dev.runar.NodeConfig;
import dev.runar.Payload;
import dev.runar.PortChoice;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.Service;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Flow;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Actions over HTTP: real sockets, actions written in Java. */
@Timeout(60)
class HttpActionsTest extends HttpFixture {
  @Test
  void theInputIsMadeOfPathQueryAndBody() throws Exception {
    Node node = start(one("PUT", "/users/{id}/posts/{post}", ECHO));
    assertThat(
            send(
                    node,
                    "PUT",
                    "/users/7/posts/a%2Fb?tag=x&tag=y&q=a+b%C3%A9",
                    "application/json; charset=utf-8",
                    "{\"title\":\"hi\",\"n\":1}")
                .body())
        .isEqualTo(
            "{\"id\":\"7\",\"post\":\"a/b\",\"tag\":[\"x\",\"y\"],\"q\":\"a"
                + " bé\",\"title\":\"hi\",\"n\":1}");
    assertThat(
            send(
                    node,
                    "PUT",
                    "/users/7/posts/1",
                    "application/x-www-form-urlencoded",
                    "a=1&b=%26&a=2")
                .body())
        .isEqualTo("{\"id\":\"7\",\"post\":\"1\",\"a\":[\"1\",\"2\"],\"b\":\"&\"}");
    assertThat(send(node, "PUT", "/users/7/posts/1", "application/octet-stream", "abc").body())
        .isEqualTo("{\"id\":\"7\",\"post\":\"1\",\"body\":\"YWJj\"}");
  }

  @Test
  void aBodyThatIsNoObjectIsTheInputItself() throws Exception {
    Node node = start(one("POST", "/echo", ECHO));
    assertThat(send(node, "POST", "/echo", "application/json", "[1,2]").body()).isEqualTo("[1,2]");
    var bytes =
        client.send(
            to(node, "/echo")
                .header("content-type", "application/octet-stream")
                .POST(BodyPublishers.ofByteArray(new byte[] {0, (byte) 200}))
                .build(),
            BodyHandlers.ofByteArray());
    assertThat(bytes.body()).containsExactly(0, 200);
    assertThat(bytes.headers().firstValue("content-type")).hasValue("application/octet-stream");
    var both = send(node, "POST", "/echo?a=1", "application/json", "[1,2]");
    assertThat(both.statusCode()).isEqualTo(400);
    assertThat(problem(both).get("detail")).asString().contains("must be a JSON object", "[a]");
  }

  @Test
  void stringsBecomeWhatTheSchemaSays() throws Exception {
    Payload schema =
        Payload.json(
            """
            {"type":"object","properties":{"id":{"type":"integer"},"on":{"type":"boolean"},
             "ids":{"type":"array","items":{"type":"number"}},"n":{"type":["number","null"]},
             "s":{"type":"string"},"bad":{"type":"integer"}}}\
            """);
    Node node =
        start(
            Service.at("s")
                .action("a", http("GET", "/i/{id}").toBuilder().input(schema).build(), ECHO)
                .build());
    assertThat(get(node, "/i/42?on=true&ids=1.5&n=-3&s=1&other=2").body())
        .isEqualTo("{\"id\":42,\"on\":true,\"ids\":[1.5],\"n\":-3,\"s\":\"1\",\"other\":\"2\"}");
    var bad = get(node, "/i/42?bad=0x1");
    assertThat(bad.statusCode()).isEqualTo(400);
    assertThat(problem(bad).get("issues"))
        .isEqualTo(
            List.of(
                Map.of(
                    "path", "bad",
                    "message", "string found, integer expected",
                    "keyword", "type")));
  }

  /** The whole table, and that nothing of ours shows. */
  @ParameterizedTest
  @EnumSource(Code.class)
  void everyCodeHasItsStatus(Code code) throws Exception {
    Map<Code, Integer> table =
        Map.ofEntries(
            Map.entry(Code.CANCELLED, 503),
            Map.entry(Code.CONFIG, 500),
            Map.entry(Code.CONTEXT_GONE, 503),
            Map.entry(Code.DUPLICATE, 409),
            Map.entry(Code.HANDLER_FAILED, 500),
            Map.entry(Code.INVALID_INPUT, 400),
            Map.entry(Code.INVALID_PATH, 400),
            Map.entry(Code.MEMORY_LIMIT, 500),
            Map.entry(Code.TOO_LARGE, 413),
            Map.entry(Code.NOT_FOUND, 404),
            Map.entry(Code.NOT_RUNNING, 503),
            Map.entry(Code.OVERLOADED, 503),
            Map.entry(Code.PERMISSION_DENIED, 403),
            Map.entry(Code.PROTOCOL, 400),
            Map.entry(Code.SCRIPT, 500),
            Map.entry(Code.SHUTDOWN, 503),
            Map.entry(Code.TIMEOUT, 504),
            Map.entry(Code.UNSUPPORTED_VALUE, 500),
            Map.entry(Code.INTERNAL, 500));
    Node node =
        start(
            one(
                "GET",
                "/fail",
                (input, context) -> {
                  throw new RunarException(
                      code,
                      "message of mine",
                      new IllegalStateException("cause of mine"),
                      Payload.object("data", "of mine"),
                      "NameOfMine",
                      "stack of mine");
                }));
    var response = get(node, "/fail");
    int status = table.get(code);
    assertThat(response.statusCode()).isEqualTo(status);
    Map<?, ?> problem = problem(response);
    assertThat(problem.get("code")).isEqualTo(code.name());
    assertThat(response.body()).doesNotContain("cause of mine", "stack of mine", "NameOfMine");
    assertThat(response.body().contains("message of mine")).isEqualTo(status < 500);
    assertThat(problem.containsKey("data")).isEqualTo(code == Code.INVALID_INPUT);
    assertThat(response.headers().firstValue("retry-after").isPresent())
        .isEqualTo(status == 503 && code != Code.CANCELLED);
  }

  @Test
  void aDeclaredErrorIsShown() throws Exception {
    var declared = new ActionOptions.DeclaredError("InsufficientFunds", "", null);
    Node node =
        start(
            Service.at("s")
                .action(
                    "a",
                    http("POST", "/pay").toBuilder().errors(List.of(declared)).build(),
                    (input, context) -> {
                      throw RunarException.defined(
                          "InsufficientFunds", "7 short", Payload.object("short", 7));
                    })
                .build());
    var response = send(node, "POST", "/pay", "application/json", "{}");
    assertThat(response.statusCode()).isEqualTo(422);
    Map<?, ?> problem = problem(response);
    assertThat(problem.get("name")).isEqualTo("InsufficientFunds");
    assertThat(problem.get("detail")).isEqualTo("7 short");
    assertThat(problem.get("data")).isEqualTo(Map.of("short", 7));
  }

  @Test
  void theActionMaySetStatusHeadersAndCookies() throws Exception {
    Node node =
        start(
            one(
                "POST",
                "/login",
                (input, context) -> {
                  HttpCall http = context.http().orElseThrow();
                  http.status(201);
                  http.header("Location", "/me");
                  http.header("content-type", "text/html; charset=utf-8");
                  http.cookie(HttpCall.Cookie.of("sid", "abc").withMaxAge(Duration.ofHours(1)));
                  assertThatThrownBy(() -> http.header("x", "a\r\nset-cookie: b"))
                      .hasMessageContaining("one line");
                  assertThatThrownBy(() -> http.header("x y", "a")).hasMessageContaining("no name");
                  assertThatThrownBy(() -> http.header("Content-Length", "1"))
                      .hasMessageContaining("the node's own");
                  assertThatThrownBy(() -> http.cookie(HttpCall.Cookie.of("a", "b; Path=/x")))
                      .hasMessageContaining("cookie a");
                  assertThatThrownBy(() -> http.status(99)).hasMessageContaining("200 to 599");
                  return Payload.of("<p>" + http.cookies().get("seen") + "</p>");
                }));
    var response =
        client.send(
            to(node, "/login")
                .header("cookie", "seen=1; seen=2; other=\"x\"")
                .POST(BodyPublishers.noBody())
                .build(),
            BodyHandlers.ofString());
    assertThat(response.statusCode()).isEqualTo(201);
    assertThat(response.body()).isEqualTo("<p>1</p>");
    assertThat(response.headers().firstValue("location")).hasValue("/me");
    assertThat(response.headers().firstValue("content-type")).hasValue("text/html; charset=utf-8");
    assertThat(response.headers().allValues("set-cookie"))
        .containsExactly("sid=abc; Max-Age=3600; Path=/; HttpOnly; SameSite=Lax");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          Bearer ann    | 200 | ann
          Bearer bad    | 401 | could not be authenticated
          bearer banned | 403 | you are banned
          Bearer down   | 504 | did not answer in time
          Basic abc     | 200 | anonymous
          """)
  void theIdentifierSaysWhoAsks(String authorization, int status, String text) throws Exception {
    Node node =
        start(
            one(
                "GET",
                "/me",
                (input, context) ->
                    context
                        .identity()
                        .map(identity -> Payload.of(identity.asMap().get("name")))
                        .orElse(Payload.of("anonymous"))));
    var response =
        client.send(
            to(node, "/me").header("authorization", authorization).build(),
            BodyHandlers.ofString());
    assertThat(response.statusCode()).isEqualTo(status);
    assertThat(response.body()).contains(text).doesNotContain("secret reason");
    assertThat(response.headers().firstValue("www-authenticate").isPresent())
        .isEqualTo(status == 401);
  }

  /** Its input, once. */
  private static Flow.Publisher<Payload> once(Payload input) {
    return subscriber ->
        subscriber.onSubscribe(
            new Flow.Subscription() {
              private boolean isDone;

              @Override
              public void request(long count) {
                if (!isDone) {
                  isDone = true;
                  subscriber.onNext(input);
                  subscriber.onComplete();
                }
              }

              @Override
              public void cancel() {
                isDone = true;
              }
            });
  }

  @Test
  void aStreamsOnlyItemIsALineOrAnEvent() throws Exception {
    Node node =
        start(
            Service.at("s").stream("a", http("GET", "/s"), (input, context) -> once(input))
                .build());
    assertThat(get(node, "/s?a=1").body()).isEqualTo("{\"a\":\"1\"}\n");
    var events =
        client.send(
            to(node, "/s?a=1").header("accept", "text/event-stream").build(),
            BodyHandlers.ofString());
    assertThat(events.body()).isEqualTo("data: {\"a\":\"1\"}\n\nevent: end\ndata: null\n\n");
  }

  @Test
  void pagesOfNamedOriginsMayRead() throws Exception {
    var cors =
        new PortChoice.Cors(
            List.of("https://app.example.com"),
            List.of(),
            List.of("content-type"),
            true,
            Duration.ofMinutes(1));
    Node node =
        start(
            NodeConfig.DEFAULT.withServer(NodeConfig.Server.DEFAULT.withCors(cors)),
            one("PUT", "/u", ECHO));
    try (RawClient raw = raw(node)) {
      raw.write(
          "OPTIONS /u HTTP/1.1\r\nHost: x\r\nOrigin: https://app.example.com\r\nAccess-Control-Request-Method: PUT\r\n\r\n"
              .getBytes(ISO_8859_1));
      assertThat(raw.head())
          .startsWith("HTTP/1.1 204")
          .contains("access-control-allow-origin: https://app.example.com\r\n")
          .contains("access-control-allow-methods: PUT, OPTIONS\r\n")
          .contains("access-control-allow-headers: content-type\r\n")
          .contains("access-control-allow-credentials: true\r\n")
          .contains("access-control-max-age: 60\r\n")
          .contains("vary: Origin\r\n")
          .doesNotContain("content-length");
      raw.write(
          "PUT /u HTTP/1.1\r\nHost: x\r\nOrigin: https://evil.example.com\r\n\r\n"
              .getBytes(ISO_8859_1));
      assertThat(raw.head())
          .startsWith("HTTP/1.1 200")
          .contains("vary: Origin")
          .doesNotContain("access-control");
    }
    assertThatThrownBy(
            () -> new PortChoice.Cors(List.of("*"), List.of(), List.of(), true, Duration.ZERO))
        .hasMessageContaining("origins must name each origin");
  }
}
