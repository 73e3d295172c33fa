package dev.runar.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.runar.NodeConfig;
import dev.runar.Payload;
import dev.runar.RunarException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Flow;
import org.junit.jupiter.api.io.TempDir;

/** Scripts that send items to each other, and a subscriber in Java. */
abstract class StreamFixture {
  @TempDir Path folder;

  /** {@code nums} produces, and says what became of it; in a context of its own if wanted. */
  static final String PRODUCER =
      """
      import { Node, action, stream } from "runar-ts";
      const node = new Node();
      let ended = "", produced = 0, aborted = "";
      await node.addService({
        name: "nums", path: "nums",
        actions: {
          async *count(to, ctx) { for (let n = 1; n <= to; n++) yield n; },
          async *endless(ctx) {
            ctx.signal.addEventListener("abort", () => { aborted = ctx.signal.reason.code; });
            produced = 0; ended = "";
            try { for (;;) yield ++produced; } finally { ended = "finally"; }
          },
          async *silent(ctx) {
            ctx.signal.addEventListener("abort", () => { aborted = ctx.signal.reason.code; });
            yield 1;
            await new Promise((resolve) => ctx.signal.addEventListener("abort", resolve));
            ended = "silent";
          },
          async *broken() { yield 1; yield { two: 2 }; class LuckError extends Error { name = "LuckError"; } throw new LuckError("no luck"); },
          values: stream({ handler: async function* () {
            yield* [null, true, "ä,]", 1.5, -0, 10n, new Date(5), new Uint8Array([1, 2, 3]), { a: [1] }, new Map([[1, 2]])];
          } }),
          sum: action({ takesStream: true, handler: async (_, ctx) => { let sum = 0; for await (const n of ctx.input) sum += n; return sum; } }),
          first: action({ takesStream: true, handler: async (_, ctx) => { for await (const n of ctx.input) return n; } }),
          double: stream({ takesStream: true, handler: async function* (_, ctx) { for await (const n of ctx.input) yield n * 2; } }),
          one: () => 1,
          spin() { for (;;); },
          state: () => ({ ended, produced, aborted }),
          returns: () => (async function* () {})(),
        },
      });
      """;

  static final String CONSUMER =
      """
      import { Node } from "runar-ts";
      const node = new Node();
      async function all(items) { const got = []; for await (const item of items) got.push(item); return got; }
      const kept = [];
      await node.addService({
        name: "c", path: "c",
        actions: {
          async total(path, to, readAhead, ctx) { let sum = 0; for await (const n of ctx.stream(path, { to }, { readAhead })) sum += n; return sum; },
          async take(path, n, ctx) { for await (const item of ctx.stream(path)) if (item >= n) break; return "left"; },
          async broken() { const got = []; try { for await (const item of node.stream("nums/broken")) got.push(item); } catch (e) { return { got, code: e.code, name: e.name, message: e.message }; } },
          async values() { const v = await all(node.stream("nums/values")); return v.map((x) => Object.prototype.toString.call(x) + (Object.is(x, -0) ? "-0" : "")).join(); },
          async sends(path, to) { return await node.request(path, null, { input: (async function* () { for (let n = 1; n <= to; n++) yield n; })() }); },
          async both(to) { let sum = 0; for await (const n of node.stream("nums/double", null, { input: (async function* () { for (let n = 1; n <= to; n++) yield n; })() })) sum += n; return sum; },
          async endsInput() { let ended = false; const first = await node.request("nums/first", null, { input: (async function* () { try { for (let n = 7; ; n++) yield n; } finally { ended = true; } })() });
            while (!ended) await new Promise((r) => setTimeout(r, 1)); return first; },
          async badInput() { try { await node.request("nums/sum", null, { input: (async function* () { yield 1; throw new TypeError("no more"); })() }); } catch (e) { return [e.code, e.name, e.message]; } },
          async open(path, ctx) { const it = node.stream(path); kept.push(it); return (await it.next()).value; },
          async rest(ctx) { const it = kept.pop(); const got = []; try { for await (const n of it) got.push(n); } catch (e) { return e.code; } return got.length; },
          async idle(ctx) { const it = node.stream("nums/silent", null, { timeout: 1_000 }); try { await all(it); } catch (e) { return e.code + " " + e.message; } },
          async aborted() { const c = new AbortController(); const it = node.stream("nums/endless", null, { signal: c.signal }); await it.next(); c.abort(new Error("bored")); try { await it.next(); } catch (e) { return [e.code, e.cause.message]; } },
          spin() { for (;;); },
        },
      });
      """;

  ScriptNode node(NodeConfig config) {
    ScriptNode app = ScriptNode.create(folder, config);
    app.add("nums.ts", PRODUCER).add("c.ts", CONSUMER).node.start().join();
    return app;
  }

  ScriptNode node() {
    return node(ScriptNode.CONFIG);
  }

  /** What a subscriber was told, as fast as it asked. */
  static final class Told implements Flow.Subscriber<Payload> {
    final List<Object> items = new java.util.concurrent.CopyOnWriteArrayList<>();
    final java.util.concurrent.CompletableFuture<String> end =
        new java.util.concurrent.CompletableFuture<>();
    volatile Flow.Subscription subscription;
    private final long first;

    Told(long first) {
      this.first = first;
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
      subscription = given;
      if (first > 0) {
        given.request(first);
      }
    }

    @Override
    public void onNext(Payload item) {
      items.add(item.value());
    }

    @Override
    public void onError(Throwable error) {
      end.complete(error instanceof RunarException known ? known.code().name() : error.toString());
    }

    @Override
    public void onComplete() {
      end.complete("complete");
    }

    String end() {
      return end.orTimeout(20, java.util.concurrent.TimeUnit.SECONDS).join();
    }
  }

  static Told subscribe(Flow.Publisher<Payload> publisher, long first) {
    var told = new Told(first);
    publisher.subscribe(told);
    return told;
  }

  static Map<String, Object> streams(ScriptNode app) {
    return ScriptNode.map(app.status().get("streams"));
  }

  void noneIsOpen(ScriptNode app) {
    await().untilAsserted(() -> assertThat(streams(app)).containsEntry("open", 0));
  }

  /** The producer of {@code nums/endless} has run its {@code finally}. */
  void awaitTheEndOfTheProducer(ScriptNode app) {
    await()
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(
            () ->
                assertThat(ScriptNode.map(app.call("nums/state")))
                    .containsEntry("ended", "finally"));
  }
}
