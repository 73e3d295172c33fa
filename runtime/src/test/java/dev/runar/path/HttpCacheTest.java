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
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a cached action says by {@code ctx.http}, as the next HTTP client sees it. */
@Timeout(60)
class HttpCacheTest {
  private static final String SCRIPT =
      """
      import { action, Node, type Context } from "runar-ts";
      const node = new Node();
      let runs = 0;
      const cache = { ttl: 60_000 };
      await node.addService({
        name: "pages", path: "pages",
        actions: {
          page: action({
            cache, http: "GET /page/{id}",
            handler: (_: unknown, ctx: Context) => {
              runs += 1;
              ctx.http?.status(203);
              ctx.http?.header("X-Run", "before");
              ctx.http?.header("x-run", String(runs));
              return `run ${runs} for ${ctx.http === undefined ? "a script" : "HTTP"}`;
            },
          }),
          login: action({
            cache, http: "GET /login",
            handler: async (_: unknown, ctx: Context) => {
              runs += 1;
              ctx.http?.cookie("sid", `s${runs}`);
              await new Promise((done) => setTimeout(done, 50));
              return "welcome";
            },
          }),
        },
      });
      await node.start();
      """;

  @TempDir Path folder;
  private final HttpClient client = HttpClient.newHttpClient();

  @AfterEach
  void closeClient() {
    client.close();
  }

  private CompletableFuture<HttpResponse<String>> get(ScriptNode app, String path) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(app.node.urls().get(0) + path))
            .timeout(Duration.ofSeconds(20))
            .build();
    return client.sendAsync(request, BodyHandlers.ofString());
  }

  @Test
  void statusAndHeadersComeWithTheCachedResult() throws Exception {
    try (ScriptNode app = ScriptNode.start(folder, SCRIPT)) {
      for (int i = 0; i < 3; i++) {
        HttpResponse<String> response = get(app, "/page/1").join();
        assertThat(response.body()).isEqualTo("run 1 for HTTP");
        assertThat(response.statusCode()).isEqualTo(203);
        assertThat(response.headers().firstValue("x-run")).hasValue("1");
      }
      assertThat(get(app, "/page/2").join().body()).isEqualTo("run 2 for HTTP");
    }
  }

  /** What was made without an HTTP client has no status and no headers to give one. */
  @Test
  void anHttpClientIsNotGivenWhatWasMadeForAScript() throws Exception {
    try (ScriptNode app = ScriptNode.start(folder, SCRIPT)) {
      Payload id = Payload.of(Map.of("id", "1"));
      assertThat(app.node.request("pages/page", id).join().asString())
          .isEqualTo("run 1 for a script");
      HttpResponse<String> response = get(app, "/page/1").join();
      assertThat(response.body()).isEqualTo("run 2 for HTTP");
      assertThat(response.headers().firstValue("x-run")).hasValue("2");
      assertThat(app.node.request("pages/page", id).join().asString())
          .isEqualTo("run 1 for a script");
    }
  }

  /** A cookie is for one client: neither those who come later nor those who wait get it. */
  @Test
  void anAnswerWithACookieIsNotKept() throws Exception {
    try (ScriptNode app = ScriptNode.start(folder, SCRIPT)) {
      var together = List.of(get(app, "/login"), get(app, "/login"), get(app, "/login"));
      assertThat(together.stream().map(CompletableFuture::join).map(HttpCacheTest::sid))
          .containsExactlyInAnyOrder("s1", "s2", "s3");
      assertThat(sid(get(app, "/login").join())).isEqualTo("s4");

      Object status = app.node.request("$runtime/status", Payload.of(null)).join().value();
      assertThat(String.valueOf(status)).containsPattern("pages/login=\\{[^}]*notCached=4");
    }
  }

  private static String sid(HttpResponse<String> response) {
    String cookie = response.headers().firstValue("set-cookie").orElse("none");
    return cookie.substring(cookie.indexOf('=') + 1, cookie.indexOf(';'));
  }
}
