package dev.runar.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Actions of a script that stream, as HTTP clients see them. */
@Timeout(60)
class HttpStreamScriptTest {
  private static final String SCRIPT =
      """
      import { defineError, Node, stream, type Context } from "runar-ts";
      const Short = defineError<{ missing: number }>("Short", { description: "Too little" });
      const node = new Node();
      let ended = "", made = 0;
      await node.addService({ name: "s", path: "s", actions: {
        count: stream({ http: "GET /count/{to}", handler: async function* ({ to }: { to: string }) {
          for (let n = 1; n <= Number(to); n++) yield { n, at: new Date(n) };
        } }),
        early: stream({ http: "GET /early", handler: async function* (_: unknown, ctx: Context) {
          ctx.fail("NOT_FOUND", "no such list");
        } }),
        broken: stream({ http: "GET /broken", handler: async function* () {
          yield 1; throw new TypeError("the secret");
        } }),
        declared: stream({ http: "GET /declared", errors: [Short], handler: async function* () {
          yield 1; throw new Short("5 are missing", { data: { missing: 5 } });
        } }),
        late: stream({ http: "GET /late", handler: async function* (_: unknown, ctx: Context) {
          yield 1; ctx.fail("PERMISSION_DENIED", "only the first is free");
        } }),
        endless: stream({ http: "GET /endless", handler: async function* () {
          try { for (;;) yield ++made; } finally { ended = "finally"; }
        } }),
        state: () => ({ ended, made }),
      } });
      await node.start();
      """;

  private static final String EVENTS = "text/event-stream";

  @TempDir Path folder;
  private final HttpClient client = HttpClient.newHttpClient();

  @AfterEach
  void closeClient() {
    client.close();
  }

  private static HttpRequest to(ScriptNode app, String path, String accept) {
    return HttpRequest.newBuilder(URI.create(app.node.urls().get(0) + path))
        .header("accept", accept)
        .timeout(Duration.ofSeconds(20))
        .build();
  }

  private HttpResponse<String> get(ScriptNode app, String path, String accept) throws Exception {
    return client.send(to(app, path, accept), BodyHandlers.ofString());
  }

  @Test
  void itemsAreLinesOrEvents() throws Exception {
    try (ScriptNode app = ScriptNode.start(folder, SCRIPT)) {
      var lines = get(app, "/count/2", "*/*");
      assertThat(lines.headers().firstValue("content-type")).hasValue("application/x-ndjson");
      assertThat(lines.body())
          .isEqualTo(
              """
              {"n":1,"at":"1970-01-01T00:00:00.001Z"}
              {"n":2,"at":"1970-01-01T00:00:00.002Z"}
              """);
      var events = get(app, "/count/2", EVENTS);
      assertThat(events.headers().firstValue("content-type")).hasValue(EVENTS);
      assertThat(events.body())
          .isEqualTo(
              """
              data: {"n":1,"at":"1970-01-01T00:00:00.001Z"}

              data: {"n":2,"at":"1970-01-01T00:00:00.002Z"}

              event: end
              data: null

              """);
      assertThat(get(app, "/count/0", "*/*").body()).isEmpty();
      assertThat(get(app, "/count/5000", "*/*").body().lines()).hasSize(5_000);
    }
  }

  @Test
  void anErrorBeforeTheFirstItemIsAProblem() throws Exception {
    try (ScriptNode app = ScriptNode.start(folder, SCRIPT)) {
      for (String accept : List.of("*/*", EVENTS)) {
        var early = get(app, "/early", accept);
        assertThat(early.statusCode()).isEqualTo(404);
        assertThat(early.body()).contains("\"code\":\"NOT_FOUND\"", "no such list");
      }
    }
  }

  @Test
  void anErrorBehindItemsKeepsItsCode() throws Exception {
    try (ScriptNode app = ScriptNode.start(folder, SCRIPT)) {
      assertThat(get(app, "/broken", EVENTS).body())
          .startsWith("data: 1\n\nevent: error\ndata: {")
          .contains("\"code\":\"HANDLER_FAILED\"", "\"detail\":\"the action failed\"")
          .doesNotContain("secret", "TypeError");
      assertThat(get(app, "/late", EVENTS).body())
          .startsWith("data: 1\n\nevent: error\ndata: {")
          .contains("\"code\":\"PERMISSION_DENIED\"", "only the first is free");
      assertThat(get(app, "/declared", EVENTS).body())
          .contains("\"name\":\"Short\"", "\"data\":{\"missing\":5}", "5 are missing");
    }
  }

  @Test
  void linesWithAnErrorAreCutOffBehindIt() throws Exception {
    try (ScriptNode app = ScriptNode.start(folder, SCRIPT)) {
      var response = client.send(to(app, "/late", "*/*"), BodyHandlers.ofInputStream());
      assertThat(response.statusCode()).isEqualTo(200);
      var lines = new ArrayList<String>();
      boolean cut = false;
      try (var reader = reader(response.body())) {
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
          lines.add(line);
        }
      } catch (IOException e) {
        cut = true;
      }
      assertThat(lines).hasSize(2).first().isEqualTo("1");
      assertThat(lines.get(1)).startsWith("{\"error\":{").contains("PERMISSION_DENIED");
      assertThat(cut).isTrue();
    }
  }

  @Test
  void aClientThatGoesEndsTheProducer() throws Exception {
    try (ScriptNode app = ScriptNode.start(folder, SCRIPT)) {
      var response = client.send(to(app, "/endless", "*/*"), BodyHandlers.ofInputStream());
      var reader = reader(response.body());
      assertThat(reader.readLine()).isEqualTo("1");
      assertThat(reader.readLine()).isEqualTo("2");
      assertThat(ScriptNode.map(app.call("s/state"))).containsEntry("ended", "");
      reader.close();
      await()
          .untilAsserted(
              () ->
                  assertThat(ScriptNode.map(app.call("s/state")))
                      .containsEntry("ended", "finally"));
    }
  }

  private static BufferedReader reader(InputStream body) {
    return new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8));
  }
}
