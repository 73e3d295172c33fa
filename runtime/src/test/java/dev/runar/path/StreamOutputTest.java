package dev.runar.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.runar.ActionOptions;
import dev.runar.Payload;
import dev.runar.RequestOptions;
import dev.runar.RunarException;
import dev.runar.Service;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Items that are checked one by one, and fallbacks of actions that are sent items. */
@Timeout(60)
class StreamOutputTest {
  @TempDir Path folder;

  private static final String SCRIPT =
      """
      import { Node, action, stream } from "runar-ts";
      const node = new Node();
      let ended = "", aborted = "", produced = 0;
      const number = { type: "number" };
      await node.addService({
        name: "s", path: "s",
        actions: {
          good: stream({ output: number, handler: async function* (to) { for (let n = 0; n < to; n++) yield n; } }),
          bad: stream({ output: number, handler: async function* (at, ctx) {
            ctx.signal.addEventListener("abort", () => { aborted = ctx.signal.reason.code; });
            try { for (produced = 0; ; produced++) { yield produced === at ? "x" : produced; if (produced > at + 50) await new Promise((r) => setTimeout(r, 1)); } }
            finally { ended = "finally"; }
          } }),
          throws: stream({ output: number, handler: async function* () { yield 1; yield 2; throw new RangeError("too far"); } }),
          standard: stream({
            output: { "~standard": { version: 1, vendor: "x", validate: (value) => typeof value === "number" ? { value } : { issues: [{ message: "no number", path: ["a"] }] } } },
            handler: async function* () { yield 0; yield "x"; },
          }),
          async read(path, input) { const got = []; try { for await (const n of node.stream(path, input)) got.push(n); } catch (e) { return { got, code: e.code, message: e.message, data: e.data ?? null }; } return { got: got.length }; },
          sum: action({ takesStream: true, breaker: {}, concurrency: 2,
            handler: async (reads, ctx) => { if (reads) for await (const n of ctx.input) break; throw new Error("no sum"); },
            fallback: async (_, error, ctx) => { const rest = []; try { for await (const n of ctx.input) rest.push(n); } catch (e) { rest.push(e.code); } return rest; } }),
          sends: (reads) => node.request("s/sum", reads, { input: (async function* () { yield 1; yield 2; })() }),
          state: () => ({ ended, aborted, produced }),
        },
      });
      """;

  private ScriptNode node() {
    ScriptNode app = ScriptNode.create(folder, ScriptNode.CONFIG);
    app.add("s.ts", SCRIPT).node.start().join();
    return app;
  }

  private static Map<String, Object> read(ScriptNode app, String path, int input) {
    return ScriptNode.map(app.call("s/read", Map.of("path", path, "input", input)));
  }

  private static List<Object> numbers(int count) {
    return IntStream.range(0, count).<Object>mapToObj(n -> n).toList();
  }

  @Test
  void itemsThatFitCross() {
    try (ScriptNode app = node()) {
      assertThat(read(app, "s/good", 5_000)).isEqualTo(Map.of("got", 5_000));
      assertThat(ScriptNode.map(app.status().get("streams")))
          .containsEntry("open", 0)
          .hasEntrySatisfying(
              "mostAhead", ahead -> assertThat(((Number) ahead).intValue()).isLessThan(65));
    }
  }

  @Test
  void theFirstThatDoesNotFitEndsTheStreamBehindThoseBefore() {
    try (ScriptNode app = node()) {
      assertThat(read(app, "s/bad", 1_000))
          .containsEntry("got", numbers(1_000))
          .containsEntry("code", "HANDLER_FAILED")
          .hasEntrySatisfying(
              "message",
              message ->
                  assertThat(message)
                      .asString()
                      .startsWith("the item 1000 of action s/bad does not fit: "))
          .hasEntrySatisfying(
              "data",
              data ->
                  assertThat(ScriptNode.map(data))
                      .containsEntry("index", 1_000)
                      .containsKey("issues"));
      await()
          .untilAsserted(
              () ->
                  assertThat(ScriptNode.map(app.call("s/state", null)))
                      .containsEntry("ended", "finally")
                      .containsEntry("aborted", "CANCELLED"));
      assertThat(read(app, "s/standard", 0))
          .containsEntry("got", List.of(0))
          .containsEntry("code", "HANDLER_FAILED")
          .containsEntry("message", "item 1 of action s/standard does not fit: a: no number")
          .hasEntrySatisfying(
              "data", data -> assertThat(ScriptNode.map(data)).containsEntry("index", 1));
    }
  }

  @Test
  void anErrorOfTheProducerStaysBehindItsItems() {
    try (ScriptNode app = node()) {
      assertThat(read(app, "s/throws", 0))
          .containsEntry("got", List.of(1, 2))
          .containsEntry("message", "too far");
    }
  }

  @Test
  void itemsOfAServiceInJavaAreCheckedToo() throws Exception {
    var ended = new CompletableFuture<Void>();
    var options = ActionOptions.builder().output(Payload.json("{\"type\":\"number\"}")).build();
    try (ScriptNode app = ScriptNode.create(folder, ScriptNode.CONFIG)) {
      app.node.start().join();
      app.node
          .addService(
              Service.at("j").stream(
                      "odd",
                      options,
                      (input, context) ->
                          subscriber -> subscriber.onSubscribe(new Odd(subscriber, ended)))
                  .build())
          .join();
      var got = new ConcurrentLinkedQueue<Object>();
      var end = new CompletableFuture<Throwable>();
      app.node.stream("j/odd", Payload.of(null), RequestOptions.DEFAULT)
          .subscribe(new Reading(got, end));
      assertThat(end.get(10, TimeUnit.SECONDS))
          .isInstanceOf(RunarException.class)
          .hasMessageContaining("the item 3 of action j/odd does not fit");
      assertThat(got).containsExactly(0, 1, 2);
      ended.get(10, TimeUnit.SECONDS);
    }
  }

  /** Gives numbers, the fourth as a text, until it is cancelled. */
  private static final class Odd implements Flow.Subscription {
    private final Flow.Subscriber<? super Payload> subscriber;
    private final CompletableFuture<Void> ended;
    private int next;

    Odd(Flow.Subscriber<? super Payload> subscriber, CompletableFuture<Void> ended) {
      this.subscriber = subscriber;
      this.ended = ended;
    }

    @Override
    public void request(long n) {
      for (long i = 0; i < n && !ended.isDone(); i++) {
        int number = next++;
        subscriber.onNext(Payload.of(number == 3 ? "x" : number));
      }
    }

    @Override
    public void cancel() {
      ended.complete(null);
    }
  }

  private record Reading(ConcurrentLinkedQueue<Object> got, CompletableFuture<Throwable> end)
      implements Flow.Subscriber<Payload> {
    @Override
    public void onSubscribe(Flow.Subscription subscription) {
      subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(Payload item) {
      got.add(item.value());
    }

    @Override
    public void onError(Throwable error) {
      end.complete(error);
    }

    @Override
    public void onComplete() {
      end.completeExceptionally(new AssertionError("it has ended well"));
    }
  }

  @Test
  void aFallbackReadsWhatIsSentOnlyIfTheHandlerHasNotBegunTo() {
    try (ScriptNode app = node()) {
      assertThat(app.call("s/sends", Map.of("reads", false))).isEqualTo(List.of(1, 2));
      assertThat(app.call("s/sends", Map.of("reads", true))).isEqualTo(List.of("INVALID_INPUT"));
    }
  }
}
