package dev.runar.path;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.runar.Permissions;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.zip.GZIPOutputStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code fetch} of a script against a real server. */
@Timeout(60)
class FetchTest {
  @TempDir Path folder;
  private HttpServer server;
  private final CountDownLatch more = new CountDownLatch(1);

  @BeforeEach
  void startServer() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.start();
  }

  @AfterEach
  void stopServer() {
    more.countDown();
    server.stop(0);
  }

  private String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** What the body of an action answers; {@code url} is the server's. */
  private Object answer(String body, String... net) {
    try (ScriptNode app =
        ScriptNode.start(
            folder,
            ScriptNode.CONFIG.withPermissions(Permissions.NONE.withNet(net)),
            """
            import { Node } from "runar-ts";
            const node = new Node();
            await node.addService({
              name: "t", path: "t", actions: { async run(url: string) {
            %s
              } },
            });
            """
                .formatted(body))) {
      return app.call("t/run", url());
    }
  }

  private static void reply(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  @Test
  void aBodyAndHeadersGoThereAndBack() {
    server.createContext(
        "/echo",
        exchange -> {
          byte[] sent = exchange.getRequestBody().readAllBytes();
          exchange.getResponseHeaders().set("X-Method", exchange.getRequestMethod());
          exchange
              .getResponseHeaders()
              .set("Content-Type", exchange.getRequestHeaders().getFirst("Content-Type"));
          reply(exchange, 201, new String(sent, StandardCharsets.UTF_8));
        });
    assertThat(
            answer(
                """
                const response = await fetch(url + "/echo", { method: "post", body: new URLSearchParams({ a: "b c" }) });
                const form = new FormData();
                form.append("file", new File(["grün"], "g.txt"));
                const echoed = await (await fetch(url + "/echo", { method: "POST", body: form })).formData();
                const { status, ok } = response;
                return JSON.stringify([
                  status, ok, response.headers.get("x-method"), await response.text(),
                  response.bodyUsed, echoed.get("file").name, await echoed.get("file").text(),
                ]);
                """,
                "127.0.0.1"))
        .isEqualTo("[201,true,\"POST\",\"a=b+c\",true,\"g.txt\",\"grün\"]");
  }

  @Test
  void aBodyArrivesWhileItIsSent() {
    server.createContext(
        "/slow",
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          exchange.getResponseBody().write("first".getBytes(StandardCharsets.UTF_8));
          exchange.getResponseBody().flush();
          await(more);
          exchange.getResponseBody().write("second".getBytes(StandardCharsets.UTF_8));
          exchange.close();
        });
    server.createContext(
        "/go",
        exchange -> {
          more.countDown();
          reply(exchange, 204, "");
        });
    assertThat(
            answer(
                """
                const response = await fetch(url + "/slow");
                const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
                const first = (await reader.read()).value;
                await fetch(url + "/go");
                let rest = "";
                for (;;) {
                  const { done, value } = await reader.read();
                  if (done) return first + "|" + rest;
                  rest += value;
                }
                """,
                "*"))
        .isEqualTo("first|second");
  }

  @Test
  void aRedirectIsFollowedOnlyToWhereTheScriptMayConnect() {
    server.createContext("/end", exchange -> reply(exchange, 200, exchange.getRequestMethod()));
    redirect("/near", "/end");
    redirect("/far", "http://localhost:" + server.getAddress().getPort() + "/end");
    redirect("/loop", "/loop");
    assertThat(
            answer(
                """
                const near = await fetch(url + "/near", { method: "POST", body: "x" });
                const far = await fetch(url + "/far").catch((error) => error);
                const loop = await fetch(url + "/loop").catch((error) => error);
                const manual = await fetch(url + "/near", { redirect: "manual" });
                return JSON.stringify([
                  near.redirected, near.url === url + "/end", await near.text(),
                  far.code, loop.message, manual.status,
                ]);
                """,
                "127.0.0.1"))
        .isEqualTo(
            "[true,true,\"GET\",\"PERMISSION_DENIED\",\"fetch: more than 20 redirects\",302]");
  }

  private void redirect(String from, String to) {
    server.createContext(
        from,
        exchange -> {
          exchange.getResponseHeaders().set("Location", to);
          reply(exchange, 302, "");
        });
  }

  @Test
  void aFetchIsAbortedBeforeAndWithinItsAnswer() {
    server.createContext("/never", exchange -> await(more));
    server.createContext(
        "/half",
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          exchange.getResponseBody().write(1);
          exchange.getResponseBody().flush();
          await(more);
        });
    assertThat(
            answer(
                """
                const early = await fetch(url + "/never", { signal: AbortSignal.timeout(50) }).catch((e) => e.name);
                const controller = new AbortController();
                const half = await fetch(url + "/half", { signal: controller.signal });
                const text = half.text().catch((e) => e.name);
                setTimeout(() => controller.abort(), 20);
                const before = await fetch(url, { signal: AbortSignal.abort("no") }).catch((e) => e);
                return JSON.stringify([early, await text, before]);
                """,
                "*"))
        .isEqualTo("[\"TimeoutError\",\"AbortError\",\"no\"]");
  }

  @Test
  void anAddressIsAskedForThatOnlyTheUrlStandardAllows() {
    server.createContext(
        "/", exchange -> reply(exchange, 200, exchange.getRequestURI().getRawQuery()));
    assertThat(answer("return (await fetch(url + '/a|b?q={x|y}^100%')).text();", "*"))
        .isEqualTo("q=%7Bx%7Cy%7D%5E100%25");
  }

  @Test
  void aSmallBodyThatIsNotReadFreesItsConnection() {
    var ports = ConcurrentHashMap.<Integer>newKeySet();
    server.createContext(
        "/small",
        exchange -> {
          ports.add(exchange.getRemoteAddress().getPort());
          reply(exchange, 200, "x".repeat(1_000));
        });
    assertThat(
            answer(
                """
                const kept: Response[] = [];
                for (let i = 0; i < 20; i++) {
                  kept.push(await fetch(url + "/small"));
                  await new Promise((resolve) => setTimeout(resolve, 20));
                }
                return (await Promise.all(kept.map((response) => response.text()))).join("").length;
                """,
                "*"))
        .isEqualTo(20_000);
    assertThat(ports).hasSizeLessThan(10);
  }

  @Test
  void aBodyThatIsForgottenIsGivenUp() {
    var gone = new CountDownLatch(1);
    server.createContext(
        "/endless",
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          try (OutputStream out = exchange.getResponseBody()) {
            for (; ; ) {
              out.write(new byte[1 << 16]);
            }
          } catch (IOException e) {
            gone.countDown();
          }
        });
    try (ScriptNode app =
        ScriptNode.start(
            folder,
            ScriptNode.CONFIG.withPermissions(Permissions.NONE.withNet("*")),
            """
            import { Node } from "runar-ts";
            const node = new Node();
            await node.addService({
              name: "t", path: "t",
              actions: { async run(url: string) { return (await fetch(url + "/endless")).status; } },
            });
            """)) {
      assertThat(app.call("t/run", url())).isEqualTo(200);
      Awaitility.await()
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(
              () -> {
                System.gc();
                assertThat(gone.getCount()).isZero();
              });
    }
  }

  @Test
  void whatIsCompressedIsUnpackedAndWhatFailsSaysWhy() {
    server.createContext(
        "/packed",
        exchange -> {
          var packed = new ByteArrayOutputStream();
          try (var gzip = new GZIPOutputStream(packed)) {
            gzip.write("plain".getBytes(StandardCharsets.UTF_8));
          }
          exchange.getResponseHeaders().set("Content-Encoding", "gzip");
          exchange.sendResponseHeaders(200, packed.size());
          exchange.getResponseBody().write(packed.toByteArray());
          exchange.close();
        });
    assertThat(
            answer(
                """
                const packed = await (await fetch(url + "/packed")).text();
                const nobody = await fetch("http://127.0.0.1:1/").catch((e) => e.name + " " + e.message);
                return packed + " " + nobody;
                """,
                "*"))
        .asString()
        .startsWith("plain TypeError fetch failed: http://127.0.0.1:1: ConnectException");
  }

  @Test
  void aStreamIsSentAsFastAsItIsTaken() {
    long size = 100L << 20;
    server.createContext(
        "/upload",
        exchange -> {
          await(more);
          long count = 0;
          byte[] part = new byte[1 << 16];
          int length;
          while ((length = exchange.getRequestBody().read(part)) >= 0) {
            count += length;
          }
          reply(exchange, 200, exchange.getRequestHeaders().getFirst("Transfer-encoding") + count);
        });
    server.createContext(
        "/go",
        exchange -> {
          more.countDown();
          reply(exchange, 204, "");
        });
    assertThat(
            answer(
                """
                let pulled = 0;
                const body = new ReadableStream({
                  pull(controller) {
                    if (pulled === %d) return controller.close();
                    controller.enqueue(new Uint8Array(65536));
                    controller.enqueue(new Uint8Array(0));
                    pulled++;
                  },
                });
                const sent = fetch(url + "/upload", { method: "POST", body, duplex: "half" });
                let before = -1;
                while (pulled !== before || pulled === 0) {
                  before = pulled;
                  await new Promise((resolve) => setTimeout(resolve, 200));
                }
                await fetch(url + "/go");
                return `${before < 800} ${await (await sent).text()} ${body.locked}`;
                """
                    .formatted(size >> 16),
                "*"))
        .isEqualTo("true chunked" + size + " true");
  }

  @Test
  void aStreamThatFailsOrIsRedirectedFailsTheFetch() {
    server.createContext("/sink", exchange -> exchange.getRequestBody().readAllBytes());
    redirect("/moved", "/sink");
    assertThat(
            answer(
                """
                const post = (path: string, body: ReadableStream, signal?: AbortSignal) =>
                  fetch(url + path, { method: "POST", body, duplex: "half", signal } as RequestInit)
                    .then((r) => r.status, (e) => e.message ?? e);
                const reason = new Error("made no more");
                const failing = new ReadableStream({ pull(c) { c.enqueue(new Uint8Array(9)); c.error(reason); } });
                const text = new ReadableStream({ pull(c) { c.enqueue("text"); } });
                const small = () => new ReadableStream({ pull(c) { c.enqueue(new Uint8Array(9)); c.close(); } });
                let cancelled;
                const endless = new ReadableStream({ cancel(why) { cancelled = why; } });
                return JSON.stringify([
                  await post("/sink", failing), await post("/sink", text), await post("/moved", small()),
                  await post("/sink", endless, AbortSignal.timeout(100)), cancelled.name,
                ]).replaceAll(url, "");
                """,
                "*"))
        .isEqualTo(
            "[\"made no more\",\"the body has a chunk that is no Uint8Array\","
                + "\"fetch: /moved redirects, and a stream cannot be sent again\","
                + "\"The operation timed out.\",\"TimeoutError\"]");
  }

  @Test
  void withoutAPermissionThereIsNoConnection() {
    assertThat(answer("return fetch(url).catch((e) => e.name + ' ' + e.code);"))
        .isEqualTo("TypeError PERMISSION_DENIED");
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
