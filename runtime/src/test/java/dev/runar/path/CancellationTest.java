package dev.runar.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.runar.NodeConfig;
import dev.runar.Payload;
import dev.runar.RequestOptions;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.Service;
import dev.runar.Supervision;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Who gives up is heard at the end of the chain, and what runs on all the same is named. */
@Timeout(120)
class CancellationTest {
  private static final NodeConfig CONFIG =
      ScriptNode.CONFIG.withSupervision(
          Supervision.DEFAULT
              .withGrace(Duration.ofMillis(200))
              .withTurnWarning(Duration.ofMillis(100)));

  /**
   * Far less than any deadline of these requests, and enough for a machine that is busy with
   * others; {@link CancellationTimesTest} holds the 50 ms that are promised.
   */
  private static final long SOON_MS = 2_000;

  @TempDir Path folder;

  /** The end of the chain: tells a Java service at what time it heard. */
  private static final String LAST =
      """
      import { Node } from "runar-ts";
      const node = new Node();
      let undeafen;
      await node.addService({
        name: "c", path: "c",
        actions: {
          wait: (ctx) => new Promise((resolve, reject) => {
            ctx.signal.addEventListener("abort", () => {
              node.publish("heard", ctx.signal.reason.code);
              reject(ctx.signal.reason);
            });
            node.publish("waiting", ctx.remaining());
          }),
          deaf: (ctx) => new Promise((resolve) => { undeafen = () => resolve("late"); node.publish("waiting", 0); }),
          undeafen: () => undeafen(),
          here: () => "here",
          spin(ctx) { node.publish("waiting", 0); for (;;); },
          async spinLater(ctx) { node.publish("waiting", 0); await new Promise((r) => setTimeout(r, 50)); for (;;); },
        },
      });
      """;

  private static final String FIRST =
      """
      import { Node } from "runar-ts";
      const node = new Node();
      let seen = [];
      await node.addService({
        name: "a", path: "a",
        actions: { ask: async (ctx) => await ctx.request("b/ask"), brief: async (ctx) => await ctx.request("b/ask", null, { timeout: 2_000 }) },
      });
      await node.addService({
        name: "b", path: "b",
        actions: {
          ask: async (ctx) => await ctx.request("c/wait"),
          async aborts(path, ctx) {
            const controller = new AbortController();
            const waiting = node.on("waiting"); // before somebody may say it
            const asked = node.request(path, null, { signal: controller.signal });
            await waiting;
            controller.abort(new RangeError("bored"));
            try { await asked; } catch (e) { return [e.constructor.name, e.code, e.cause.message]; }
          },
          async afterwards(ctx) {
            const controller = new AbortController();
            const answer = await node.request("b/quick", null, { signal: controller.signal });
            controller.abort();
            return answer;
          },
          quick: () => "quick",
          async timesOut(ctx) { try { await node.request("c/wait", null, { signal: AbortSignal.timeout(100) }); } catch (e) { return [e.code, e.cause.name]; } },
        },
      });
      """;

  private static ScriptNode node(Path folder) {
    ScriptNode app = ScriptNode.create(folder, CONFIG);
    app.add("first.ts", FIRST).add("last.ts", LAST).node.start().join();
    app.call("b/quick");
    return app;
  }

  /** The times at which events came. */
  private static CompletableFuture<Long> next(ScriptNode app, String topic) {
    var came = new CompletableFuture<Long>();
    app.node.subscribe(topic, (event, context) -> came.complete(System.nanoTime()));
    return came.orTimeout(20, TimeUnit.SECONDS);
  }

  private static void within(long sinceNanos, CompletableFuture<Long> heard) {
    long ms = (heard.join() - sinceNanos) / 1_000_000;
    assertThat(ms).isLessThanOrEqualTo(SOON_MS);
  }

  @Test
  void aJavaCallerIsHeardAtTheEndOfAChainOverTwoContexts() {
    try (ScriptNode app = node(folder)) {
      for (int i = 0; i < 3; i++) { // the first times are those of the compilers
        CompletableFuture<Long> waiting = next(app, "waiting");
        CompletableFuture<Long> heard = next(app, "heard");
        CompletableFuture<Payload> asked = app.node.request("a/ask", Payload.of(null));
        waiting.join();
        long begun = System.nanoTime();
        asked.cancel(false);
        within(begun, heard);
      }
      await()
          .untilAsserted(
              () ->
                  assertThat(app.status().get("runningOn"))
                      .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.LIST)
                      .isEmpty());
      assertThat(ScriptNode.map(app.status().get("requests"))).containsEntry("inFlight", 1);
    }
  }

  @Test
  void aDeadlineIsHeardAtTheEndOfAChainToo() {
    try (ScriptNode app = node(folder)) {
      CompletableFuture<Long> waiting = next(app, "waiting");
      CompletableFuture<Long> heard = next(app, "heard");
      long begun = System.nanoTime();
      CompletableFuture<Payload> asked =
          app.node.request(
              "a/ask",
              Payload.of(null),
              RequestOptions.DEFAULT.withTimeout(Duration.ofMillis(2_000)));
      waiting.join();
      assertThatThrownBy(() -> ScriptNode.value(asked))
          .isInstanceOfSatisfying(
              RunarException.class, e -> assertThat(e.code()).isEqualTo(Code.TIMEOUT));
      within(begun + 2_000_000_000, heard);
    }
  }

  @Test
  void nestedCallsGetWhatTimeIsLeft() {
    try (ScriptNode app = node(folder)) {
      var remaining =
          app.node.on("waiting", Duration.ofSeconds(10), dev.runar.SubscribeOptions.DEFAULT);
      CompletableFuture<Payload> asked =
          app.node.request(
              "a/ask",
              Payload.of(null),
              RequestOptions.DEFAULT.withTimeout(Duration.ofMillis(5_000)));
      assertThat(remaining.join().payload().asDouble()).isBetween(1.0, 5_000.0);
      asked.cancel(false);
      remaining =
          app.node.on("waiting", Duration.ofSeconds(10), dev.runar.SubscribeOptions.DEFAULT);
      CompletableFuture<Payload> brief = app.node.request("a/brief", Payload.of(null));
      assertThat(remaining.join().payload().asDouble()).isBetween(1.0, 2_000.0);
      assertThatThrownBy(() -> ScriptNode.value(brief))
          .hasMessageContaining("timed out after 2000");
    }
  }

  @Test
  void aClosedSocketIsHeardToo() {
    try (ScriptNode app = node(folder)) {
      CompletableFuture<Long> waiting = next(app, "waiting");
      CompletableFuture<Long> heard = next(app, "heard");
      Client client = app.connect("/topics");
      client.send("{\"request\":\"a/ask\",\"id\":1}");
      waiting.join();
      long begun = System.nanoTime();
      client.close();
      within(begun, heard);
    }
  }

  @Test
  void aSignalGivesUpWithItsReason() {
    try (ScriptNode app = node(folder)) {
      CompletableFuture<Long> heard = next(app, "heard");
      assertThat(app.call("b/aborts", Map.of("path", "c/wait")))
          .isEqualTo(List.of("CancelledError", "CANCELLED", "bored"));
      heard.join();
      assertThat(app.call("b/afterwards")).isEqualTo("quick");
      assertThat(app.call("b/timesOut")).isEqualTo(List.of("CANCELLED", "TimeoutError"));
    }
  }

  @Test
  void aJavaHandlersRequestsAreCancelledWithIt() {
    try (ScriptNode app = node(folder)) {
      app.node
          .addService(
              Service.at("java")
                  .action(
                      "ask",
                      (payload, context) -> context.request("c/wait", Payload.of(null)).join())
                  .build())
          .join();
      CompletableFuture<Long> waiting = next(app, "waiting");
      CompletableFuture<Long> heard = next(app, "heard");
      CompletableFuture<Payload> asked = app.node.request("java/ask", Payload.of(null));
      waiting.join();
      long begun = System.nanoTime();
      asked.cancel(false);
      within(begun, heard);
    }
  }

  @Test
  void aHandlerThatRunsOnIsListedNamedAndCounted() {
    try (ScriptNode app = node(folder)) {
      CompletableFuture<Long> waiting = next(app, "waiting");
      CompletableFuture<Payload> asked = app.node.request("c/deaf", Payload.of(null));
      waiting.join();
      asked.cancel(false);
      await()
          .untilAsserted(
              () ->
                  assertThat(app.status().get("runningOn").toString())
                      .contains("path=c/deaf")
                      .contains("why=its caller has given up"));
      await()
          .untilAsserted(
              () ->
                  assertThat(app.logged("handler runs on path=c/deaf"))
                      .singleElement()
                      .asString()
                      .startsWith("WARNING"));
      app.call("c/undeafen");
      await()
          .untilAsserted(
              () -> {
                assertThat(app.status().get("runningOn")).isEqualTo(List.of());
                assertThat(ScriptNode.map(app.status().get("requests")))
                    .containsEntry("lateSettles", 1L);
              });
    }
  }

  @Test
  void aSpinIsInterruptedAfterTheGraceOfACancellation() {
    try (ScriptNode app = node(folder)) {
      for (String path : List.of("c/spin", "c/spinLater")) {
        CompletableFuture<Long> waiting = next(app, "waiting");
        CompletableFuture<Payload> asked = app.node.request(path, Payload.of(null));
        waiting.join();
        asked.cancel(false);
        await()
            .atMost(Duration.ofSeconds(20))
            .ignoreExceptions()
            .untilAsserted(
                () ->
                    assertThat(app.logged("SEVERE dev.runar.script a turn of script context"))
                        .hasSize(path.equals("c/spin") ? 1 : 2));
        await()
            .atMost(Duration.ofSeconds(20))
            .ignoreExceptions()
            .untilAsserted(() -> assertThat(app.status().get("runningOn")).isEqualTo(List.of()));
        await()
            .atMost(Duration.ofSeconds(20))
            .ignoreExceptions()
            .until(() -> app.call("c/here").equals("here"));
      }
    }
  }
}
