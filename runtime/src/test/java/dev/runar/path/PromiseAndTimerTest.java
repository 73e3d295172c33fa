package dev.runar.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.runar.Payload;
import dev.runar.Service;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Promises both ways, timers, microtasks, and errors that nobody catches. */
@Timeout(60)
class PromiseAndTimerTest {
  @TempDir Path folder;

  @Test
  void aJavaFutureIsAwaitedAndAPromiseBecomesAFuture() {
    var slow = new CompletableFuture<Payload>();
    try (ScriptNode app =
        ScriptNode.start(
            folder,
            """
            import { Node } from "runar-ts";
            const node = new Node();
            await node.addService({
              name: "p", path: "p",
              actions: {
                async twice() { return 2 * await node.request<number>("java/slow"); },
                async all() {
                  return Promise.all([1, 2, 3].map((n) => node.request("java/square", [n])));
                },
                thenable: () => ({ then: (resolve: (v: string) => void) => resolve("adopted") }),
                nested: async () => (async () => (async () => "deep")())(),
                badThenable: () => ({ then() { throw new Error("from then"); } }),
              },
            });
            """)) {
      app.node
          .addService(
              Service.at("java")
                  .action("slow", (in, context) -> slow.get())
                  .action(
                      "square",
                      (in, context) -> {
                        int n = (Integer) in.asList().get(0);
                        return Payload.of(n * n);
                      })
                  .build())
          .join();
      var twice = app.node.request("p/twice", Payload.of(null));
      assertThat(app.call("p/all")).isEqualTo(List.of(1, 4, 9));
      assertThat(twice).isNotDone();
      slow.complete(Payload.of(21));
      assertThat(ScriptNode.value(twice).asInt()).isEqualTo(42);
      assertThat(app.call("p/thenable")).isEqualTo("adopted");
      assertThat(app.call("p/nested")).isEqualTo("deep");
      assertThat(org.assertj.core.api.Assertions.catchThrowable(() -> app.call("p/badThenable")))
          .hasMessage("from then");
    }
  }

  @Test
  void timersAndMicrotasksRunInTheirOrder() {
    try (ScriptNode app =
        ScriptNode.start(
            folder,
            """
            import { Node } from "runar-ts";
            const node = new Node();
            const later = () => new Promise((resolve) => setTimeout(resolve, 60));
            await node.addService({
              name: "t", path: "t",
              actions: {
                async order() {
                  const seen: string[] = [];
                  setTimeout(() => seen.push("30"), 30);
                  setTimeout((a: string, b: string) => {
                    seen.push(a + b);
                    queueMicrotask(() => seen.push("micro of 1"));
                    Promise.resolve().then(() => seen.push("then of 1"));
                  }, 1, "on", "e");
                  setTimeout(() => seen.push("same 1"), 1);
                  setTimeout(() => seen.push("zero is 1"), 0);
                  const never = setTimeout(() => seen.push("cleared"), 5);
                  clearTimeout(never);
                  clearTimeout(undefined);
                  clearTimeout("nonsense" as never);
                  queueMicrotask(() => seen.push("micro 1"));
                  Promise.resolve().then(() => seen.push("then 2"));
                  queueMicrotask(() => seen.push("micro 3"));
                  seen.push("sync");
                  await later();
                  return seen;
                },
                async repeat() {
                  let n = 0;
                  await new Promise<void>((resolve) => {
                    const id = setInterval(() => {
                      if (++n === 5) { clearInterval(id); resolve(); }
                    }, 2);
                  });
                  await later();
                  return n;
                },
                async many(count: number) {
                  const seen: number[] = [];
                  await Promise.all(Array.from({ length: count }, (_, i) =>
                    new Promise<void>((resolve) =>
                      setTimeout(() => { seen.push(i); resolve(); }, 1))));
                  return seen.every((n, i) => n === i) && seen.length;
                },
              },
            });
            """)) {
      assertThat(app.call("t/order"))
          .isEqualTo(
              List.of(
                  "sync",
                  "micro 1",
                  "then 2",
                  "micro 3",
                  "one",
                  "micro of 1",
                  "then of 1",
                  "same 1",
                  "zero is 1",
                  "30"));
      assertThat(app.call("t/repeat")).isEqualTo(5);
      assertThat(app.call("t/many", 5_000)).isEqualTo(5_000);
    }
  }

  @Test
  void whatNobodyCatchesIsReportedOnceAndCountedAndTheNodeLives() {
    try (ScriptNode app =
        ScriptNode.start(
            folder,
            """
            import { Node } from "runar-ts";
            const node = new Node();
            await node.addService({
              name: "u", path: "u",
              actions: {
                timer: () => { setTimeout(() => { throw new Error("from a timer"); }, 1); },
                micro: () => { queueMicrotask(() => { throw new Error("from a microtask"); }); },
                rejection: () => { void Promise.reject(new RangeError("unhandled")); },
                handled: () => {
                  const p = Promise.reject(new Error("handled in the turn"));
                  Promise.resolve().then(() => p.catch(() => {}));
                },
                report: () => { reportError(new Error("reported")); },
                interval() {
                  let n = 0;
                  const id = setInterval(() => {
                    if (++n === 3) clearInterval(id);
                    throw new Error("tick " + n);
                  }, 1);
                },
                late() {
                  const p = Promise.reject(new Error("handled late"));
                  setTimeout(() => p.catch(() => {}), 5);
                },
                ping: () => "pong",
              },
            });
            """)) {
      long expected = 0;
      for (String action : List.of("timer", "micro", "rejection", "report", "late")) {
        app.call("u/" + action);
        long count = ++expected;
        await(action).until(() -> uncaught(app) == count);
      }
      app.call("u/handled");
      app.call("u/interval");
      await().until(() -> uncaught(app) == 8);
      assertThat(app.logged("uncaught in ")).hasSize(8);
      assertThat(app.logged("from a timer")).hasSize(1).first().asString().contains("app.ts:6:");
      assertThat(app.logged("from a microtask").get(0)).contains("app.ts:7:");
      assertThat(app.logged("RangeError: unhandled").get(0)).contains("app.ts:8:");
      assertThat(app.logged("handled in the turn")).isEmpty();
      assertThat(app.logged("handled late")).hasSize(1);
      assertThat(IntStream.rangeClosed(1, 3).map(n -> app.logged("tick " + n).size()))
          .containsExactly(1, 1, 1);
      assertThat(app.call("u/ping")).isEqualTo("pong");
    }
  }

  private static long uncaught(ScriptNode app) {
    return ((Number) app.context().get("uncaught")).longValue();
  }
}
