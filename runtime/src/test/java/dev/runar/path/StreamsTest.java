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
import java.util.concurrent.Flow;
import java.util.concurrent.SubmissionPublisher;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Items between scripts, Java programs and contexts: each once, in order, no further ahead. */
@Timeout(120)
class StreamsTest {
  @TempDir Path folder;

  /** {@code nums} produces, and says what became of it; in a context of its own if wanted. */
  private static final String PRODUCER =
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
          state: () => ({ ended, produced, aborted }),
          returns: () => (async function* () {})(),
        },
      });
      """;

  private static final String CONSUMER =
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
          async idle(ctx) { const it = node.stream("nums/silent", null, { timeout: 100 }); try { await all(it); } catch (e) { return e.code + " " + e.message; } },
          async aborted() { const c = new AbortController(); const it = node.stream("nums/endless", null, { signal: c.signal }); await it.next(); c.abort(new Error("bored")); try { await it.next(); } catch (e) { return [e.code, e.cause.message]; } },
          spin() { for (;;); },
        },
      });
      """;

  private ScriptNode node(NodeConfig config) {
    ScriptNode app = ScriptNode.create(folder, config);
    app.add("nums.ts", PRODUCER).add("c.ts", CONSUMER).node.start().join();
    return app;
  }

  private ScriptNode node() {
    return node(ScriptNode.CONFIG);
  }

  /** What a subscriber was told, as fast as it asked. */
  private static final class Told implements Flow.Subscriber<Payload> {
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

  private static Told subscribe(Flow.Publisher<Payload> publisher, long first) {
    var told = new Told(first);
    publisher.subscribe(told);
    return told;
  }

  private static Map<String, Object> streams(ScriptNode app) {
    return ScriptNode.map(app.status().get("streams"));
  }

  private void noneIsOpen(ScriptNode app) {
    await().untilAsserted(() -> assertThat(streams(app)).containsEntry("open", 0));
  }

  @Test
  void itemsCrossBetweenContexts() {
    try (ScriptNode app = node()) {
      assertThat(app.call("c/total", Map.of("path", "nums/count", "to", 10_000, "readAhead", 64)))
          .isEqualTo(50_005_000);
      assertThat(app.call("c/total", Map.of("path", "nums/count", "to", 100, "readAhead", 1)))
          .isEqualTo(5_050);
      assertThat(app.call("c/values"))
          .isEqualTo(
              "[object Null],[object Boolean],[object String],[object Number],[object"
                  + " Number]-0,[object BigInt],[object Date],[object Uint8Array],[object"
                  + " Object],[object Map]");
      noneIsOpen(app);
      assertThat(((Number) streams(app).get("mostAhead")).longValue()).isLessThanOrEqualTo(64);
    }
  }

  @Test
  void anErrorComesBehindTheItemsBeforeIt() {
    try (ScriptNode app = node()) {
      assertThat(ScriptNode.map(app.call("c/broken")))
          .containsEntry("got", List.of(1, Map.of("two", 2)))
          .containsEntry("code", "HANDLER_FAILED")
          .containsEntry("name", "LuckError")
          .containsEntry("message", "no luck");
      noneIsOpen(app);
    }
  }

  @Test
  void aBreakRunsTheProducersFinally() {
    try (ScriptNode app = node()) {
      assertThat(app.call("c/take", Map.of("path", "nums/endless", "n", 1_000))).isEqualTo("left");
      await()
          .untilAsserted(
              () ->
                  assertThat(ScriptNode.map(app.call("nums/state")))
                      .containsEntry("ended", "finally")
                      .containsEntry("aborted", "CANCELLED"));
      int produced = (Integer) ScriptNode.map(app.call("nums/state")).get("produced");
      assertThat(produced).isBetween(1_000, 1_130);
      noneIsOpen(app);
      assertThat(ScriptNode.map(app.status().get("requests"))).containsEntry("lateSettles", 0L);
    }
  }

  @Test
  void itemsGoToTheActionAndBothWays() {
    try (ScriptNode app = node()) {
      assertThat(app.call("c/sends", Map.of("path", "nums/sum", "to", 5_000)))
          .isEqualTo(12_502_500);
      assertThat(app.call("c/both", Map.of("to", 5_000))).isEqualTo(25_005_000);
      assertThat(app.call("c/endsInput")).isEqualTo(7);
      assertThat(app.call("c/badInput"))
          .isEqualTo(List.of("HANDLER_FAILED", "TypeError", "no more"));
      assertThat(app.call("nums/sum")).isEqualTo(0);
      noneIsOpen(app);
    }
  }

  @Test
  void aSubscriberInJavaIsToldWhatItAskedFor() {
    try (ScriptNode app = node()) {
      Told few =
          subscribe(app.node.stream("nums/endless", Payload.of(null), RequestOptions.DEFAULT), 3);
      await().untilAsserted(() -> assertThat(few.items).isEqualTo(List.of(1, 2, 3)));
      few.subscription.request(2);
      await().untilAsserted(() -> assertThat(few.items).hasSize(5));
      assertThat((Integer) ScriptNode.map(app.call("nums/state")).get("produced"))
          .isLessThanOrEqualTo(5 + 65);
      few.subscription.cancel();
      await()
          .untilAsserted(
              () ->
                  assertThat(ScriptNode.map(app.call("nums/state")))
                      .containsEntry("ended", "finally"));

      Told all =
          subscribe(
              app.node.stream("nums/count", Payload.object("to", 500), RequestOptions.DEFAULT),
              Long.MAX_VALUE);
      assertThat(all.end()).isEqualTo("complete");
      assertThat(all.items).isEqualTo(IntStream.rangeClosed(1, 500).boxed().toList());

      Told broken =
          subscribe(app.node.stream("nums/broken", Payload.of(null), RequestOptions.DEFAULT), 10);
      assertThat(broken.end()).isEqualTo("HANDLER_FAILED");
      assertThat(broken.items).isEqualTo(List.of(1, Map.of("two", 2)));

      Told misused =
          subscribe(app.node.stream("nums/endless", Payload.of(null), RequestOptions.DEFAULT), 1);
      misused.subscription.request(0);
      assertThat(misused.end()).contains("IllegalArgumentException");
      noneIsOpen(app);
    }
  }

  @Test
  void aServiceInJavaAnswersWithAStream() {
    try (ScriptNode app = node()) {
      app.node
          .addService(
              Service.at("java").stream(
                      "count",
                      (payload, context) ->
                          subscriber -> {
                            var numbers = new Numbers((Integer) payload.asMap().get("to"));
                            numbers.subscribe(subscriber);
                          })
                  .action(
                      "sum",
                      dev.runar.ActionOptions.builder().takesStream(true).build(),
                      (payload, context) -> {
                        Told told = subscribe(context.input(), Long.MAX_VALUE);
                        assertThat(told.end()).isEqualTo("complete");
                        return Payload.of(told.items.stream().mapToInt(n -> (Integer) n).sum());
                      })
                  .build())
          .join();
      assertThat(app.call("c/total", Map.of("path", "java/count", "to", 1_000, "readAhead", 64)))
          .isEqualTo(500_500);
      assertThat(app.call("c/sends", Map.of("path", "java/sum", "to", 1_000))).isEqualTo(500_500);
      assertThat(app.call("c/take", Map.of("path", "java/count?", "n", 1)) == null).isFalse();
    } catch (RunarException e) {
      assertThat(e.code()).isEqualTo(Code.NOT_FOUND);
    }
  }

  /** A cold publisher of numbers, one subscriber each. */
  private record Numbers(int to) implements Flow.Publisher<Payload> {
    @Override
    public void subscribe(Flow.Subscriber<? super Payload> subscriber) {
      subscriber.onSubscribe(
          new Flow.Subscription() {
            private int next = 1;
            private boolean over;
            private boolean telling;
            private long wanted;

            @Override
            public synchronized void request(long n) {
              wanted += n;
              if (telling) {
                return;
              }
              telling = true;
              while (wanted > 0 && !over) {
                wanted--;
                subscriber.onNext(Payload.of(next));
                if (next++ == to) {
                  over = true;
                  subscriber.onComplete();
                }
              }
              telling = false;
            }

            @Override
            public synchronized void cancel() {
              over = true;
            }
          });
    }
  }

  @Test
  void whatDoesNotFitIsSaid() {
    try (ScriptNode app = node()) {
      assertThatThrownBy(() -> app.call("nums/count", Map.of("to", 3)))
          .hasMessageContaining("use stream(\"nums/count\"");
      Told one =
          subscribe(app.node.stream("nums/one", Payload.of(null), RequestOptions.DEFAULT), 1);
      assertThat(one.end()).isEqualTo("INVALID_INPUT");
      var items = new SubmissionPublisher<Payload>();
      assertThatThrownBy(
              () ->
                  ScriptNode.value(
                      app.node.request(
                          "nums/one", Payload.of(null), RequestOptions.DEFAULT, items)))
          .hasMessageContaining("takes no stream");
      assertThatThrownBy(() -> app.call("nums/returns"))
          .hasMessageContaining("stream({ handler })");
      Told none =
          subscribe(app.node.stream("nums/none", Payload.of(null), RequestOptions.DEFAULT), 1);
      assertThat(none.end()).isEqualTo("NOT_FOUND");
      noneIsOpen(app);
      try (Client client = app.connect("/topics")) {
        client.send("{\"request\":\"nums/count\",\"id\":1,\"data\":{\"to\":3}}");
        assertThat(client.next()).contains("INVALID_INPUT").contains("stream");
      }
    }
  }

  @Test
  void theTimeoutIsThatOfAnItem() {
    try (ScriptNode app = node()) {
      assertThat((String) app.call("c/idle"))
          .startsWith("TIMEOUT")
          .contains("no item within 100 ms");
      await()
          .untilAsserted(
              () ->
                  assertThat(ScriptNode.map(app.call("nums/state")))
                      .containsEntry("ended", "silent")
                      .containsEntry("aborted", "TIMEOUT"));
      noneIsOpen(app);
    }
  }

  @Test
  void aSignalEndsBothSides() {
    try (ScriptNode app = node()) {
      assertThat(app.call("c/aborted")).isEqualTo(List.of("CANCELLED", "bored"));
      await()
          .untilAsserted(
              () ->
                  assertThat(ScriptNode.map(app.call("nums/state")))
                      .containsEntry("ended", "finally"));
      noneIsOpen(app);
    }
  }

  @Test
  void aLostProducerFailsItsConsumerAndALostConsumerEndsItsProducer() {
    Supervision quick = Supervision.DEFAULT.withGrace(Duration.ofMillis(100));
    NodeConfig config =
        ScriptNode.CONFIG.withSupervision(quick).withRequestTimeout(Duration.ofSeconds(5));
    try (ScriptNode app = node(config)) {
      assertThat(app.call("c/open", Map.of("path", "nums/endless"))).isEqualTo(1);
      // the consumer's context is ended in the middle of a turn
      assertThatThrownBy(
              () ->
                  ScriptNode.value(
                      app.node.request(
                          "c/spin",
                          Payload.of(null),
                          RequestOptions.DEFAULT.withTimeout(Duration.ofMillis(100)))))
          .hasMessageContaining("timed out");
      await()
          .atMost(Duration.ofSeconds(10))
          .untilAsserted(
              () ->
                  assertThat(ScriptNode.map(app.call("nums/state")))
                      .containsEntry("ended", "finally"));
      noneIsOpen(app);
    }
  }

  @Test
  void theStopOfTheNodeEndsStreams() {
    ScriptNode app = node(ScriptNode.CONFIG.withDrainTimeout(Duration.ofMillis(200)));
    Told told;
    try (app) {
      told =
          subscribe(app.node.stream("nums/endless", Payload.of(null), RequestOptions.DEFAULT), 3);
      await().untilAsserted(() -> assertThat(told.items).hasSize(3));
    }
    told.subscription.request(1_000_000);
    assertThat(told.end()).isEqualTo("SHUTDOWN");
  }

  @Test
  void aMillionItemsWaitNowhere() {
    try (ScriptNode app = node()) {
      assertThat(
              app.call("c/total", Map.of("path", "nums/count", "to", 1_000_000, "readAhead", 64)))
          .isEqualTo(500_000_500_000.0);
      Map<String, Object> streams = streams(app);
      assertThat(((Number) streams.get("items")).longValue()).isEqualTo(1_000_000);
      assertThat(((Number) streams.get("mostAhead")).longValue()).isLessThanOrEqualTo(64);
      assertThat(((Number) streams.get("mostBytes")).longValue()).isLessThan(1_024);
    }
  }
}
