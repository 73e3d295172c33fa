package dev.runar.path;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.Payload;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What gets from an HTTP client to an action and what comes back, beside input and result. */
@Timeout(60)
class HttpBorderTest {
  private static final String TRACE =
      """
      import { action, Node, type Context } from "runar-ts";
      const node = new Node();
      const seen = (_: unknown, ctx: Context) => ({
        id: ctx.trace.traceId, span: ctx.trace.spanId, state: ctx.trace.tracestate });
      await node.addService({ name: "t", path: "t", actions: {
        seen: action({ handler: seen }),
        trace: action({ http: "GET /trace", handler: async (_: unknown, ctx: Context) => [
          seen(_, ctx), await ctx.request("t/seen")] }),
      } });
      await node.start();
      """;

  private static final String ERRORS =
      """
      import { action, defineError, Node, RunarError } from "runar-ts";
      const Short = defineError<{ missing: number }>("Short", { description: "Too little" });
      const Silent = defineError<{ missing: number }>("Silent", { description: "Not declared" });
      const node = new Node();
      const age = { type: "object", properties: { age: { type: "integer" } }, required: ["age"] };
      await node.addService({ name: "e", path: "e", actions: {
        throws: action({ http: "GET /throws", handler: () => {
          throw new TypeError("the secret", { cause: new Error("deep secret") });
        } }),
        internal: action({ http: "GET /internal", handler: () => {
          throw new RunarError("INTERNAL", "the secret", { data: { of: "secret" } });
        } }),
        undeclared: action({ http: "GET /undeclared", handler: () => {
          throw new Silent("the secret", { data: { missing: 5 } });
        } }),
        declared: action({ http: "GET /declared", errors: [Short], handler: () => {
          throw new Short("5 are missing", { data: { missing: 5 } });
        } }),
        file: action({ http: "GET /file", handler: () => {
          throw new RunarError("NOT_FOUND", "no /srv/app/secret.txt:5", { data: { of: "secret" } });
        } }),
        age: action({ http: "GET /age", input: age, handler: ({ age }: { age: number }) => age }),
      } });
      await node.start();
      """;

  @TempDir Path folder;
  private final HttpClient client = HttpClient.newHttpClient();

  @AfterEach
  void closeClient() {
    client.close();
  }

  private HttpResponse<String> get(ScriptNode app, String path, String... headers)
      throws Exception {
    var request =
        HttpRequest.newBuilder(URI.create(app.node.urls().get(0) + path))
            .timeout(Duration.ofSeconds(20));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), BodyHandlers.ofString());
  }

  @Test
  void aRouteMeansTheVersionThatHasIt() throws Exception {
    String script =
        """
        import { action, Node, type Context } from "runar-ts";
        const node = new Node();
        const which = (version: string, http?: string) => ({
          name: "math", path: "math", version,
          actions: {
            which: action({ http: http as never, handler: (_: unknown, ctx: Context) =>
              version + " " + ctx.path }),
          },
        });
        await node.addService(which("1.4.0", "GET /old"));
        await node.addService(which("2.1.0"));
        await node.addService(which("3.0.0-beta.1+b5", "GET /next"));
        await node.start();
        """;
    try (ScriptNode app = ScriptNode.start(folder, script)) {
      assertThat((String) app.call("math/which")).startsWith("2.1.0 ");
      assertThat(get(app, "/old").body()).isEqualTo("1.4.0 math/which");
      assertThat(get(app, "/next").body()).isEqualTo("3.0.0-beta.1+b5 math/which");
      app.call("$registry/services/math@1.4.0/pause");
      assertThat(get(app, "/old").statusCode()).isEqualTo(503);
      app.node.removeService("math@1.4.0").join();
      assertThat(get(app, "/old").statusCode()).isEqualTo(404);
    }
  }

  @Test
  void aVersionThatWasNotSaidHasItsRouteBesideOneThatWas() throws Exception {
    String script =
        """
        import { action, Node } from "runar-ts";
        const node = new Node();
        await node.addService({ name: "m", path: "m", actions: {
          which: action({ http: "GET /which", handler: () => "first" }) } });
        await node.addService({ name: "m", path: "m", version: "1.0.0", actions: {
          which: () => "second" } });
        await node.start();
        """;
    try (ScriptNode app = ScriptNode.start(folder, script)) {
      assertThat(app.call("m/which")).isEqualTo("second");
      assertThat(get(app, "/which").body()).isEqualTo("first");
    }
  }

  @Test
  void theIdentityGoesAlongWithWhatTheActionAsks() throws Exception {
    String script =
        """
        import { action, Node, type Context } from "runar-ts";
        const node = new Node();
        node.identify(({ bearer }) => bearer === "big" ? "x".repeat(17_000)
          : bearer === null ? null : { user: bearer, since: new Date(5) });
        await node.addService({ name: "a", path: "a", actions: {
          who: (ctx: Context) => ctx.identity === undefined ? "nobody" : ctx.identity,
          me: action({ http: "GET /me", handler: async (_: unknown, ctx: Context) =>
            ({ own: ctx.identity ?? "nobody", nested: await ctx.request("a/who") }) }),
        } });
        await node.start();
        """;
    try (ScriptNode app = ScriptNode.start(folder, script)) {
      String ann = "{\"user\":\"ann\",\"since\":\"1970-01-01T00:00:00.005Z\"}";
      assertThat(get(app, "/me", "authorization", "Bearer ann").body())
          .isEqualTo("{\"own\":" + ann + ",\"nested\":" + ann + "}");
      assertThat(get(app, "/me").body()).isEqualTo("{\"own\":\"nobody\",\"nested\":\"nobody\"}");
      assertThat(app.call("a/who")).isEqualTo("nobody");
      var big = get(app, "/me", "authorization", "Bearer big");
      assertThat(big.statusCode()).isEqualTo(500);
      assertThat(big.body()).contains("the action failed");
    }
  }

  @Test
  void theTraceOfAClientGoesOn() throws Exception {
    String id = "4bf92f3577b34da6a3ce929d0e0e4736";
    try (ScriptNode app = ScriptNode.start(folder, TRACE)) {
      String parent = "00-" + id + "-00f067aa0ba902b7-01";
      var answer = get(app, "/trace", "traceparent", parent, "tracestate", "vendor=x,other=y");
      var seen = Payload.json(answer.body()).asList();
      assertThat(seen)
          .hasSize(2)
          .allSatisfy(
              each ->
                  assertThat((Map<?, ?>) each)
                      .extracting("id", "state")
                      .containsExactly(id, "vendor=x,other=y"));
      assertThat(seen)
          .extracting(each -> String.valueOf(((Map<?, ?>) each).get("span")))
          .doesNotContain("00f067aa0ba902b7")
          .doesNotHaveDuplicates();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
    "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    "4bf92f3577b34da6a3ce929d0e0e4736",
    "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01"
  })
  void aMalformedTraceIsAsNone(String parent) throws Exception {
    try (ScriptNode app = ScriptNode.start(folder, TRACE)) {
      var answer = get(app, "/trace", "traceparent", parent, "tracestate", "vendor=x");
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.body().toLowerCase(java.util.Locale.ROOT))
          .contains("\"state\":\"\"")
          .doesNotContain("4bf92f3577b34da6a3ce929d0e0e4736");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "/throws,     HANDLER_FAILED",
    "/internal,   INTERNAL",
    "/undeclared, HANDLER_FAILED",
  })
  void whatIsNotForClientsIsNotTold(String path, String code) throws Exception {
    try (ScriptNode app = ScriptNode.start(folder, ERRORS)) {
      var response = get(app, path);
      assertThat(response.statusCode()).isEqualTo(500);
      Map<String, ?> problem = Payload.json(response.body()).asMap();
      assertThat(problem).containsOnlyKeys("type", "title", "status", "detail", "instance", "code");
      assertThat(problem.get("code")).isEqualTo(code);
      assertThat(problem.get("detail")).isEqualTo("the action failed");
    }
  }

  @Test
  void whatIsNotToldIsInTheLogByTheIdOfTheProblem() throws Exception {
    try (ScriptNode app = ScriptNode.start(folder, ERRORS)) {
      Map<String, ?> problem = Payload.json(get(app, "/throws").body()).asMap();
      String id = String.valueOf(problem.get("instance")).substring("urn:runar:request:".length());
      assertThat(app.log())
          .anySatisfy(
              line -> assertThat(line).contains("e@0.0.0/throws", " id=" + id, "the secret"));
    }
  }

  @Test
  void aDeclaredErrorHasItsNameAndData() throws Exception {
    try (ScriptNode app = ScriptNode.start(folder, ERRORS)) {
      var response = get(app, "/declared");
      assertThat(response.statusCode()).isEqualTo(422);
      Map<String, Object> problem = ScriptNode.map(Payload.json(response.body()).value());
      assertThat(problem)
          .containsEntry("code", "HANDLER_FAILED")
          .containsEntry("detail", "5 are missing")
          .containsEntry("name", "Short")
          .containsEntry("data", Map.of("missing", 5));
    }
  }

  @Test
  void noFileAndNoDataOfAnErrorThatIsNotDefined() throws Exception {
    try (ScriptNode app = ScriptNode.start(folder, ERRORS)) {
      var response = get(app, "/file");
      assertThat(response.statusCode()).isEqualTo(404);
      assertThat(response.body()).contains("\"no (a file)\"").doesNotContain("secret", "data");
    }
  }

  @Test
  void whatDoesNotFitTheSchemaIsInTheIssues() throws Exception {
    try (ScriptNode app = ScriptNode.start(folder, ERRORS)) {
      assertThat(get(app, "/age?age=5").body()).isEqualTo("5");
      var response = get(app, "/age?age=five");
      assertThat(response.statusCode()).isEqualTo(400);
      Map<String, ?> problem = Payload.json(response.body()).asMap();
      assertThat(problem.get("code")).isEqualTo("INVALID_INPUT");
      assertThat((List<?>) problem.get("issues"))
          .singleElement()
          .satisfies(issue -> assertThat(String.valueOf(issue)).contains("age", "integer"));
      assertThat(problem).doesNotContainKey("data");
    }
  }
}
