package dev.runar.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.runar.Payload;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
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

/** Actions of a script, as HTTP clients see them. */
@Timeout(60)
class HttpScriptTest {
  @TempDir Path folder;
  private final HttpClient client = HttpClient.newHttpClient();

  @AfterEach
  void closeClient() {
    client.close();
  }

  private HttpResponse<String> send(
      ScriptNode app, String method, String path, String body, String... headers) throws Exception {
    var request =
        HttpRequest.newBuilder(URI.create(app.node.urls().get(0) + path))
            .timeout(Duration.ofSeconds(20))
            .method(
                method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
    if (!body.isEmpty()) {
      request.header("content-type", "application/json");
    }
    for (int i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
    }
    return client.send(request.build(), BodyHandlers.ofString());
  }

  private HttpResponse<String> get(ScriptNode app, String path, String... headers)
      throws Exception {
    return send(app, "GET", path, "", headers);
  }

  /** docs/http.md begins with it. */
  @Test
  void theExampleOfThePageRuns() throws Exception {
    String page = Files.readString(Path.of("../docs/http.md"));
    String script = page.substring(page.indexOf("```ts\n") + 6, page.indexOf("```\n```"));
    try (ScriptNode app = ScriptNode.start(folder, script)) {
      var created = send(app, "POST", "/users", "{\"name\":\"Ann\"}");
      assertThat(created.statusCode()).isEqualTo(201);
      assertThat(created.headers().firstValue("location")).hasValue("/users/1");
      assertThat(page).contains("\n" + created.body() + "\n");
      assertThat(page).contains("\n" + get(app, "/users/2").body() + "\n");
    }
  }

  @Test
  void actionsOfAScriptAnswerHttpClients() throws Exception {
    try (ScriptNode app =
        ScriptNode.start(
            folder,
            """
            import { action, Node, type Context } from "runar-ts";
            const node = new Node();
            const users = new Map<string, { id: string; name: string }>();
            await node.addService({
              name: "users", path: "users",
              actions: {
                create: action({
                  http: { method: "POST", path: "/users", status: 201 },
                  handler: ({ name }: { name: string }, ctx: Context) => {
                    const user = { id: String(users.size + 1), name };
                    users.set(user.id, user);
                    ctx.http?.header("location", `/users/${user.id}`);
                    return user;
                  },
                }),
                get: action({
                  http: "GET /users/{id}",
                  handler: ({ id }: { id: string }, ctx: Context) =>
                    users.get(id) ?? ctx.fail("NOT_FOUND", `no user ${id}`),
                }),
                remove: action({
                  http: "DELETE /users/{id}",
                  handler: ({ id }: { id: string }) => { users.delete(id); },
                }),
              },
            });
            await node.start();
            """)) {
      var created = send(app, "POST", "/users", "{\"name\":\"Ann\"}");
      assertThat(created.statusCode()).isEqualTo(201);
      assertThat(created.headers().firstValue("location")).hasValue("/users/1");
      assertThat(created.headers().firstValue("content-type")).hasValue("application/json");
      assertThat(created.body()).isEqualTo("{\"id\":\"1\",\"name\":\"Ann\"}");
      assertThat(get(app, "/users/1").body()).isEqualTo(created.body());
      assertThat(get(app, "/users/2").statusCode()).isEqualTo(404);
      assertThat(get(app, "/users/2").body()).contains("\"detail\":\"no user 2\"");
      assertThat(send(app, "DELETE", "/users/1", "").statusCode()).isEqualTo(204);
      assertThat(get(app, "/users/1").statusCode()).isEqualTo(404);
      assertThat(app.call("users/create", Map.of("name", "Bo"))).isNotNull();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          5                            | 200 | application/json          | 5
          "text é"                     | 200 | text/plain; charset=utf-8 | text é
          null                         | 204 |                           |
          undefined                    | 204 |                           |
          new Uint8Array([97, 98])     | 200 | application/octet-stream  | ab
          [new Date(0), 10n, NaN]      | 200 | application/json          | ["1970-01-01T00:00:00Z","10",null]
          new Map([["a", new Set([1])]]) | 200 | application/json        | {"a":[1]}
          ({ $: 1, b: new Uint8Array([1]) }) | 200 | application/json    | {"$":1,"b":"AQ=="}
          """)
  void everyResultHasItsForm(String result, int status, String type, String body) throws Exception {
    try (ScriptNode app =
        ScriptNode.start(
            folder,
            """
            import { action, Node } from "runar-ts";
            const node = new Node();
            await node.addService({ name: "r", path: "r", actions: {
              get: action({ http: "GET /r", handler: () => %s }),
            } });
            await node.start();
            """
                .formatted(result))) {
      var response = get(app, "/r");
      assertThat(response.statusCode()).isEqualTo(status);
      assertThat(response.headers().firstValue("content-type").orElse(null)).isEqualTo(type);
      assertThat(response.body()).isEqualTo(body == null ? "" : body);
    }
  }

  @Test
  void theHandlerSetsCookiesAndCannotInjectHeaders() throws Exception {
    try (ScriptNode app =
        ScriptNode.start(
            folder,
            """
            import { action, Node, type Context } from "runar-ts";
            const node = new Node();
            const tries: string[] = [];
            const attempt = (run: () => unknown) => {
              try { run(); tries.push("ok"); } catch (e) { tries.push(`${e.name}: ${e.message}`); }
            };
            await node.addService({ name: "c", path: "c", actions: {
              login: action({ http: "POST /login", handler: (_: unknown, ctx: Context) => {
                const http = ctx.http!;
                http.cookie("sid", "abc", { maxAge: 3_600_000, secure: true, sameSite: "strict" });
                http.cookie("old", "", { maxAge: 0 });
                attempt(() => http.header("x", "a\\r\\nset-cookie: evil=1"));
                attempt(() => http.header("transfer-encoding", "chunked"));
                attempt(() => http.cookie("a", "b; Domain=evil"));
                attempt(() => http.cookie("a", "b", { maxage: 1 } as object));
                attempt(() => http.status(700));
                attempt(() => http.header("x", 5 as never));
                return { from: http.request.remoteAddress.length > 0, seen: http.request.cookies };
              } }),
              tries: () => tries,
              plain: (ctx: Context) => ctx.http === undefined,
            } });
            await node.start();
            """)) {
      var response = send(app, "POST", "/login", "{}", "cookie", "seen=1");
      assertThat(response.body()).isEqualTo("{\"from\":true,\"seen\":{\"seen\":\"1\"}}");
      assertThat(response.headers().allValues("set-cookie"))
          .containsExactly(
              "sid=abc; Max-Age=3600; Path=/; Secure; HttpOnly; SameSite=Strict",
              "old=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax");
      assertThat(response.headers().firstValue("x")).isEmpty();
      assertThat((List<?>) app.call("c/tries"))
          .allSatisfy(tried -> assertThat((String) tried).startsWith("ValidationError: "))
          .hasSize(6);
      assertThat(app.call("c/plain")).isEqualTo(true);
    }
  }

  @Test
  void aScriptSaysWhoAsks() throws Exception {
    try (ScriptNode app =
        ScriptNode.start(
            folder,
            """
            import { action, Node, PermissionError, type Context } from "runar-ts";
            const node = new Node();
            node.identify(async ({ bearer, cookies }, ctx) => {
              if (bearer === "banned") throw new PermissionError("you are banned");
              if (bearer === "bad") throw new Error("the secret reason");
              if (bearer === "spin") await new Promise(() => {});
              if (bearer !== null) return { user: await ctx.request("auth/user", { token: bearer }) };
              return cookies.sid === undefined ? null : { user: cookies.sid };
            });
            await node.addService({ name: "auth", path: "auth", actions: {
              user: ({ token }: { token: string }) => token.toUpperCase(),
              me: action({ http: "GET /me", handler: (_: unknown, ctx: Context) =>
                ctx.identity === undefined ? "anonymous" : ctx.identity }),
            } });
            await node.start();
            """)) {
      assertThat(get(app, "/me").body()).isEqualTo("anonymous");
      assertThat(get(app, "/me", "authorization", "Bearer ann").body())
          .isEqualTo("{\"user\":\"ANN\"}");
      assertThat(get(app, "/me", "cookie", "sid=bo").body()).isEqualTo("{\"user\":\"bo\"}");
      var bad = get(app, "/me", "authorization", "Bearer bad");
      assertThat(bad.statusCode()).isEqualTo(401);
      assertThat(bad.headers().firstValue("www-authenticate")).hasValue("Bearer");
      assertThat(bad.body()).doesNotContain("secret");
      var banned = get(app, "/me", "authorization", "Bearer banned");
      assertThat(banned.statusCode()).isEqualTo(403);
      assertThat(banned.body()).contains("you are banned");
      assertThat(get(app, "/me", "authorization", "Bearer spin").statusCode()).isEqualTo(504);
      assertThatThrownBy(
              () ->
                  app.add(
                      "more.ts",
                      "import { Node } from \"runar-ts\";\nawait new Node().identify(() => null);"))
          .hasMessageContaining("$http");
    }
  }

  @Test
  void anErrorOfTheScriptShowsNothingOfIt() throws Exception {
    try (ScriptNode app =
        ScriptNode.start(
            folder,
            """
            import { action, Node, RunarError, type Context } from "runar-ts";
            const node = new Node();
            await node.addService({ name: "e", path: "e", actions: {
              throws: action({ http: "GET /throws", handler: () => {
                throw new TypeError("the secret", { cause: new Error("deep secret") });
              } }),
              invalid: action({ http: "GET /invalid", handler: () => {
                throw new RunarError("INVALID_INPUT", "not so", { data: { issues: [{ path: "a", message: "no" }] } });
              } }),
              teapot: action({ http: "GET /teapot", handler: (_: unknown, ctx: Context) => {
                ctx.http?.status(418).header("retry-after", "7");
                throw new Error("the secret");
              } }),
            } });
            await node.start();
            """)) {
      var thrown = get(app, "/throws");
      assertThat(thrown.statusCode()).isEqualTo(500);
      assertThat(thrown.body()).contains("the action failed").doesNotContain("secret", "app.ts");
      var invalid = Payload.json(get(app, "/invalid").body()).asMap();
      assertThat(invalid.get("issues")).isEqualTo(List.of(Map.of("path", "a", "message", "no")));
      assertThat(invalid.get("detail")).isEqualTo("not so");
      var teapot = get(app, "/teapot");
      assertThat(teapot.statusCode()).isEqualTo(418);
      assertThat(teapot.headers().firstValue("retry-after")).hasValue("7");
      assertThat(teapot.body()).doesNotContain("secret");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          "GET users"                          | http must be a method and a path
          "FETCH /users"                       | http must be a method and a path
          "/users"                             | http must be a method and a path
          5                                    | http must be an object of method, path, status
          { method: "GET", path: "/a", code: 1 } | http.code is not known
          { method: "GET", path: "/a", status: 404 } | http.status must be a whole number
          { method: "GET", path: "/{a}/{a}" }  | has {a} twice
          { method: "GET", path: "/a{b}c" }    | neither a plain name nor a template
          "GET /up"                            | is the node's own
          """)
  void aWrongRouteIsRefusedInTheDefinition(String http, String message) {
    assertThatThrownBy(
            () ->
                ScriptNode.start(
                        folder,
                        """
                        import { action, Node } from "runar-ts";
                        const node = new Node();
                        await node.addService({ name: "w", path: "w", actions: {
                          a: action({ http: %s as never, handler: () => 1 }),
                        } });
                        await node.start();
                        """
                            .formatted(http))
                    .close())
        .hasMessageMatching("(?s).*(service w: action a|w/a): .*")
        .hasMessageContaining(message);
  }

  @Test
  void aClientThatGoesAbortsTheSignal() throws Exception {
    try (ScriptNode app =
        ScriptNode.start(
            folder,
            """
            import { action, Node, type Context } from "runar-ts";
            const node = new Node();
            let state = "none";
            await node.addService({ name: "w", path: "w", actions: {
              wait: action({ http: "GET /wait", handler: (_: unknown, ctx: Context) => new Promise(() => {
                state = "waiting";
                ctx.signal.addEventListener("abort", () => { state = "aborted"; });
              }) }),
              state: () => state,
            } });
            await node.start();
            """)) {
      var request =
          client.sendAsync(
              HttpRequest.newBuilder(URI.create(app.node.urls().get(0) + "/wait")).build(),
              BodyHandlers.ofString());
      await().untilAsserted(() -> assertThat(app.call("w/state")).isEqualTo("waiting"));
      request.cancel(true);
      await().untilAsserted(() -> assertThat(app.call("w/state")).isEqualTo("aborted"));
    }
  }

  @Test
  void routesMoveWithAReload() throws Exception {
    String script =
        """
        import { action, Node } from "runar-ts";
        const node = new Node();
        node.identify(() => ({ version: %d }));
        await node.addService({ name: "v", path: "v", actions: {
          get: action({ http: "GET /%s", handler: (_, ctx) => ({ v: %d, who: ctx.identity }) }),
        } });
        await node.start();
        """;
    try (ScriptNode app = ScriptNode.start(folder, script.formatted(1, "same", 1))) {
      assertThat(get(app, "/same").body()).isEqualTo("{\"v\":1,\"who\":{\"version\":1}}");
      app.file("app.ts", script.formatted(2, "same", 2));
      ScriptNode.value(app.node.reload(app.path("app.ts")));
      assertThat(get(app, "/same").body()).isEqualTo("{\"v\":2,\"who\":{\"version\":2}}");
      app.file("app.ts", script.formatted(3, "other", 3));
      ScriptNode.value(app.node.reload(app.path("app.ts")));
      assertThat(get(app, "/same").statusCode()).isEqualTo(404);
      assertThat(get(app, "/other").body()).isEqualTo("{\"v\":3,\"who\":{\"version\":3}}");
    }
  }

  @Test
  void actionsGoBeforeFilesAndFilesBeforeOtherMethods() throws Exception {
    try (ScriptNode app = ScriptNode.create(folder, ScriptNode.CONFIG)) {
      app.file("public/page.html", "a page").file("public/form.html", "a form");
      app.add(
              "app.ts",
              """
              import { action, Node } from "runar-ts";
              const node = new Node();
              await node.addService({ name: "f", path: "f", actions: {
                page: action({ http: "GET /page.html", handler: () => "an action" }),
                form: action({ http: "POST /form.html", handler: () => "posted" }),
                only: action({ http: "POST /only", handler: () => "posted" }),
              } });
              """)
          .node
          .start()
          .join();
      assertThat(get(app, "/page.html").body()).isEqualTo("an action");
      assertThat(get(app, "/form.html").body()).isEqualTo("a form");
      assertThat(send(app, "POST", "/form.html", "{}").body()).isEqualTo("posted");
      assertThat(get(app, "/only").statusCode()).isEqualTo(405);
    }
  }
}
