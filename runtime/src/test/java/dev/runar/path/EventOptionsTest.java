package dev.runar.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.runar.ActionOptions;
import dev.runar.Delivery;
import dev.runar.Payload;
import dev.runar.PublishOptions;
import dev.runar.PublishReceipt;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.SubscribeOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a subscription's options promise, with real scripts. */
@Timeout(60)
class EventOptionsTest {
  private static final PublishOptions HANDLED =
      PublishOptions.DEFAULT.withAck(PublishOptions.Ack.HANDLED);

  @TempDir Path folder;

  private static PublishReceipt publish(
      ScriptNode app, String topic, @Nullable Object payload, PublishOptions options) {
    return ScriptNode.value(app.node.publish(topic, Payload.of(payload), options));
  }

  private static PublishReceipt publish(ScriptNode app, String topic, @Nullable Object payload) {
    return publish(app, topic, payload, PublishOptions.DEFAULT);
  }

  private static void awaitNothingWaits(ScriptNode app) {
    await().until(() -> app.ledger().get("waiting").equals(0L));
  }

  private static Map<String, Object> delivery(ScriptNode app, String pattern) {
    List<?> all = (List<?>) ScriptNode.map(app.call("$runtime/deliveries")).get("subscriptions");
    return all.stream()
        .map(ScriptNode::map)
        .filter(each -> pattern.equals(each.get("pattern")))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void serialEventsWaitForTheHandlersPromise() {
    try (ScriptNode app =
        ScriptNode.start(
            folder,
            """
            import { event, Node } from "runar-ts";
            const node = new Node();
            const log: string[] = [];
            const slow = async (n: number) => {
              log.push(`begin ${n}`);
              await new Promise((resolve) => setTimeout(resolve, 5));
              log.push(`end ${n}`);
            };
            await node.addService({
              name: "own", path: "own",
              actions: { log: () => log.splice(0) },
              events: { serial: event({ order: "serial", handler: slow }), concurrent: slow },
            });
            """)) {
      for (int n = 1; n <= 3; n++) {
        publish(app, "own/serial", n);
      }
      awaitNothingWaits(app);
      assertThat(app.call("own/log"))
          .isEqualTo(List.of("begin 1", "end 1", "begin 2", "end 2", "begin 3", "end 3"));
      publish(app, "own/concurrent", 1);
      publish(app, "own/concurrent", 2);
      awaitNothingWaits(app);
      assertThat(app.call("own/log")).isEqualTo(List.of("begin 1", "begin 2", "end 1", "end 2"));
    }
  }

  @Test
  void aFailedEventIsTriedAgainBeforeTheNextOne() {
    try (ScriptNode app =
        ScriptNode.start(
            folder,
            """
            import { event, Node } from "runar-ts";
            const node = new Node();
            const log: string[] = [];
            await node.addService({
              name: "own", path: "own",
              actions: { log: () => log },
              events: {
                work: event({
                  order: "serial",
                  retry: { attempts: 3, backoff: 5 },
                  handler: (n: number, ctx) => {
                    log.push(`${n}.${ctx.attempt}`);
                    if (n === 1 && ctx.attempt < 3) throw new Error("not yet");
                  },
                }),
              },
            });
            """)) {
      publish(app, "own/work", 1);
      PublishReceipt second = publish(app, "own/work", 2, HANDLED);
      assertThat(second.handled()).isEqualTo(1);
      assertThat(app.call("own/log")).isEqualTo(List.of("1.1", "1.2", "1.3", "2.1"));
      assertThat(delivery(app, "own/work"))
          .containsEntry("retried", 2L)
          .containsEntry("handled", 2L)
          .containsEntry("failed", 0L);
    }
  }

  @Test
  void whatFailsForGoodGoesToTheDeadLetterTopicOrIsKept() {
    try (ScriptNode app =
        ScriptNode.start(
            folder,
            """
            import { event, Node } from "runar-ts";
            const node = new Node();
            const dead: unknown[] = [];
            let isMended = false;
            await node.addService({
              name: "own", path: "own",
              actions: { dead: () => dead, mend: () => { isMended = true; } },
              events: {
                work: event({
                  retry: { attempts: 2, backoff: 1 },
                  deadLetter: "unhandled",
                  handler: () => { throw new TypeError("never"); },
                }),
                unhandled: (letter) => { dead.push(letter); },
                kept: () => { if (!isMended) throw new RangeError("not mended"); },
              },
            });
            """)) {
      PublishReceipt work = publish(app, "own/work", Map.of("n", 1), HANDLED);
      awaitNothingWaits(app);
      assertThat(work.failed()).isEqualTo(1);
      assertThat(app.call("own/dead"))
          .isEqualTo(
              List.of(
                  Map.of(
                      "id",
                      (int) work.id(),
                      "topic",
                      "own/work",
                      "payload",
                      Map.of("n", 1),
                      "error",
                      Map.of("code", "HANDLER_FAILED", "name", "TypeError", "message", "never"),
                      "attempts",
                      2,
                      "subscription",
                      "own/work of service own")));

      PublishReceipt kept = publish(app, "own/kept", "x", HANDLED);
      Map<String, Object> letter =
          ScriptNode.map(
              ((List<?>) ScriptNode.map(app.call("$runtime/deadletters")).get("letters")).get(0));
      assertThat(letter)
          .containsEntry("event", kept.id())
          .containsEntry("topic", "own/kept")
          .containsEntry("payload", "x")
          .containsEntry("owner", "service own");
      app.call("own/mend");
      app.call("$runtime/deadletters/replay", Map.of("id", letter.get("id")));
      awaitNothingWaits(app);
      assertThat(delivery(app, "own/kept")).containsEntry("handled", 1L);
      assertThat(ScriptNode.map(app.call("$runtime/deadletters")).get("letters"))
          .isEqualTo(List.of());
    }
  }

  @Test
  void exactlyOneOfAGroupGetsEachEvent() {
    try (ScriptNode app =
        ScriptNode.start(
            folder,
            """
            import { Node } from "runar-ts";
            const node = new Node();
            const got = [0, 0, 0];
            for (let i = 0; i < 3; i++) {
              await node.subscribe("jobs/*", () => { got[i]++; }, { group: "workers" });
            }
            let all = 0;
            await node.subscribe("jobs/>", () => { all++; });
            await node.addService({
              name: "own", path: "own", actions: { got: () => [...got, all] },
            });
            """)) {
      for (int i = 0; i < 30; i++) {
        PublishReceipt receipt = publish(app, "jobs/a", i, HANDLED);
        assertThat(receipt.matched()).isEqualTo(2);
        assertThat(receipt.handled()).isEqualTo(2);
      }
      assertThat(app.call("own/got")).isEqualTo(List.of(10, 10, 10, 30));
      assertThat(app.ledger()).containsEntry("handled", 60L).containsEntry("matched", 60L);
    }
  }

  @Test
  void overflowRefusesDropsOrKeepsTheLatest() {
    try (ScriptNode app =
        ScriptNode.start(
            folder,
            """
            import { Node } from "runar-ts";
            const node = new Node();
            let open = () => {};
            const gate = new Promise<void>((resolve) => { open = resolve; });
            const log: string[] = [];
            let begun = 0;
            for (const overflow of ["refuse", "drop-oldest", "keep-latest"] as const) {
              await node.subscribe(`${overflow}/*`, async (n: number) => {
                begun++;
                await gate;
                log.push(`${overflow} ${n}`);
              }, { order: "serial", overflow, maxWaiting: 2 });
            }
            await node.addService({
              name: "own", path: "own", actions: { open: () => open(), log: () => log, begun: () => begun },
            });
            """)) {
      for (String overflow : List.of("refuse", "drop-oldest", "keep-latest")) {
        publish(app, overflow + "/a", 0);
      }
      await().until(() -> app.call("own/begun").equals(3)); // which counts as waiting no more
      var refused = new ConcurrentLinkedQueue<Delivery>();
      for (int n = 1; n <= 4; n++) {
        publish(app, "refuse/a", n).refusals().forEach(each -> refused.add(each.reason()));
        publish(app, "drop-oldest/a", n);
        publish(app, "keep-latest/a", n);
        publish(app, "keep-latest/b", 10 * n);
      }
      app.call("own/open");
      awaitNothingWaits(app);
      assertThat(refused).containsExactly(Delivery.FULL, Delivery.FULL);
      assertThat((List<?>) app.call("own/log"))
          .map(String::valueOf)
          .containsExactlyInAnyOrder(
              "refuse 0",
              "refuse 1",
              "refuse 2",
              "drop-oldest 0",
              "drop-oldest 3",
              "drop-oldest 4",
              "keep-latest 0",
              "keep-latest 4",
              "keep-latest 40");
      assertThat(delivery(app, "drop-oldest/*")).containsEntry("dropped", 2L);
      assertThat(delivery(app, "keep-latest/*")).containsEntry("dropped", 6L);
    }
  }

  @Test
  void manualAcknowledgementSaysWhenItIsDone() {
    try (ScriptNode app =
        ScriptNode.start(
            folder,
            """
            import { Node } from "runar-ts";
            const node = new Node();
            await node.subscribe("m/*", (what: string, ctx) => {
              if (what === "ack") setTimeout(() => ctx.ack(), 1);
              if (what === "nack") ctx.nack("not today");
              if (what === "throw") throw new Error("thrown");
            }, { ack: "manual", timeout: 50 });
            await node.subscribe("auto", (_, ctx) => ctx.ack());
            """)) {
      assertThat(publish(app, "m/a", "ack", HANDLED).handled()).isEqualTo(1);
      assertThat(publish(app, "m/a", "nack", HANDLED).failed()).isEqualTo(1);
      assertThat(publish(app, "m/a", "throw", HANDLED).failed()).isEqualTo(1);
      assertThat(publish(app, "m/a", "forget", HANDLED).failed()).isEqualTo(1);
      List<?> letters = (List<?>) ScriptNode.map(app.call("$runtime/deadletters")).get("letters");
      assertThat(letters)
          .map(letter -> ScriptNode.map(ScriptNode.map(letter).get("error")))
          .map(error -> error.get("code") + ": " + error.get("message"))
          .containsExactly(
              "HANDLER_FAILED: not today",
              "HANDLER_FAILED: thrown",
              "TIMEOUT: event m/a was not handled within 50 ms");
      await().until(() -> app.context().get("pending").equals(0));
      assertThat(publish(app, "auto", 1, HANDLED).failed()).isEqualTo(1);
      assertThat(app.logged("acknowledges by itself")).isNotEmpty();
    }
  }

  @Test
  void aServiceCanReplayWhatWasRetained() {
    try (ScriptNode app =
        ScriptNode.start(folder, "import { Node } from \"runar-ts\"; new Node();\n")) {
      publish(app, "late/x", 1, PublishOptions.DEFAULT.withRetainFor(Duration.ofMinutes(1)));
      app.add(
          "second.ts",
          """
          import { event, Node } from "runar-ts";
          const node = new Node();
          const got: unknown[] = [];
          await node.addService({
            name: "late", path: "late",
            actions: { got: () => got },
            events: { x: event({ replay: 60_000, handler: (n) => { got.push(n); } }) },
          });
          """);
      awaitNothingWaits(app);
      assertThat(app.call("late/got")).isEqualTo(List.of(1));
    }
  }

  @Test
  void whatWaitsInAServicesLineOutlivesAReload() {
    String script =
        """
        import { event, Node } from "runar-ts";
        const node = new Node();
        await node.addService({
          name: "own", path: "own",
          actions: { version: () => VERSION },
          events: {
            work: event({
              order: "serial",
              retry: { attempts: 100, backoff: 20, maxBackoff: 20 },
              handler: async (n: number, ctx) => {
                if (VERSION === 1) throw new Error("the old version cannot");
                await ctx.publish("own/done", n);
              },
            }),
          },
        });
        """;
    try (ScriptNode app = ScriptNode.start(folder, script.replace("VERSION", "1"))) {
      var done = new ConcurrentLinkedQueue<Integer>();
      app.node.subscribe("own/done", (event, context) -> done.add(event.payload().asInt()));
      for (int n = 1; n <= 20; n++) {
        publish(app, "own/work", n);
      }
      await().until(() -> ((Long) delivery(app, "own/work").get("retried")) > 1);
      app.file("app.ts", script.replace("VERSION", "2"));
      ScriptNode.value(app.node.reload(app.path("app.ts")));
      publish(app, "own/work", 21);
      awaitNothingWaits(app);
      assertThat(done)
          .containsExactlyElementsOf(
              java.util.stream.IntStream.rangeClosed(1, 21).boxed().toList());
      assertThat(delivery(app, "own/work"))
          .containsEntry("handled", 21L)
          .containsEntry("failed", 0L);
    }
  }

  @Test
  void anEventOutlivesADeadContextWhenItMayBeTriedAgain() {
    try (ScriptNode app =
        ScriptNode.start(
            folder,
            ScriptNode.CONFIG.withLimits(
                ScriptNode.CONFIG.limits().withTurnBudget(Duration.ofMillis(300))),
            """
            import { event, Node } from "runar-ts";
            const node = new Node();
            const got: number[] = [];
            await node.addService({
              name: "own", path: "own",
              actions: { got: () => got },
              events: {
                work: event({
                  order: "serial",
                  retry: { attempts: 50, backoff: 50, maxBackoff: 100 },
                  handler: (n: number, ctx) => {
                    if (n === 1 && ctx.attempt === 1) for (;;);
                    got.push(n);
                  },
                }),
              },
            });
            """)) {
      for (int n = 1; n <= 3; n++) {
        publish(app, "own/work", n);
      }
      awaitNothingWaits(app);
      assertThat(delivery(app, "own/work"))
          .containsEntry("handled", 3L)
          .containsEntry("failed", 0L);
      assertThat(app.call("own/got")).isEqualTo(List.of(1, 2, 3));
    }
  }

  @Test
  void eachInstanceHasAnOrderOfItsOwn() {
    try (ScriptNode app =
        ScriptNode.start(
            folder,
            """
            import { event, Node } from "runar-ts";
            const node = new Node();
            await node.addService({
              name: "own", path: "own", instances: 2, key: "id",
              events: {
                work: event({
                  order: "serial",
                  handler: async ({ id, n }: { id: number; n: number }, ctx) => {
                    await ctx.publish("own/log", `begin ${id} ${n}`);
                    await new Promise((resolve) => setTimeout(resolve, 20));
                    await ctx.publish("own/log", `end ${id} ${n}`);
                  },
                }),
              },
            });
            await node.start();
            """)) {
      var log = new ConcurrentLinkedQueue<String>();
      app.node.subscribe("own/log", (event, context) -> log.add(event.payload().asString()));
      for (int id = 0; id < 8; id++) {
        publish(app, "own/work", Map.of("id", id, "n", 1));
        publish(app, "own/work", Map.of("id", id, "n", 2));
      }
      awaitNothingWaits(app);
      int most = 0;
      int now = 0;
      for (String line : log) {
        now += line.startsWith("begin") ? 1 : -1;
        most = Math.max(most, now);
      }
      assertThat(most).isEqualTo(2);
      for (int id = 0; id < 8; id++) {
        String key = " " + id + " ";
        assertThat(log.stream().filter(line -> line.contains(key)))
            .containsExactly(
                "begin" + key + 1, "end" + key + 1, "begin" + key + 2, "end" + key + 2);
      }
    }
  }

  @Test
  void javaHandlersHaveTheSameOptions() {
    try (ScriptNode app =
        ScriptNode.start(folder, "import { Node } from \"runar-ts\"; new Node();\n")) {
      var attempts = new ConcurrentLinkedQueue<Integer>();
      app.node.subscribe(
          "j/x",
          (event, context) -> {
            attempts.add(context.attempt());
            if (context.attempt() < 3) {
              context.nack("later");
            } else {
              context.ack();
            }
          },
          SubscribeOptions.DEFAULT
              .withAck(SubscribeOptions.Ack.MANUAL)
              .withRetry(
                  new ActionOptions.Retry(3, Duration.ofMillis(1), Duration.ofMillis(5), 0)));
      assertThat(publish(app, "j/x", 1, HANDLED).handled()).isEqualTo(1);
      assertThat(attempts).containsExactly(1, 2, 3);
    }
  }

  @Test
  void aTraceSaysWhereAnEventWentAndWhyItStopped() {
    try (ScriptNode app =
        ScriptNode.start(
            folder,
            """
            import { Node } from "runar-ts";
            const node = new Node();
            await node.addService({
              name: "own", path: "own",
              actions: { say: () => node.publish("own/x", 1, { ack: "handled" }) },
              events: { x: () => {}, "own/*": () => { throw new Error("no"); } },
            });
            """)) {
      Map<String, Object> receipt = ScriptNode.map(app.call("own/say"));
      Map<String, Object> trace =
          ScriptNode.map(app.call("$runtime/trace", Map.of("id", receipt.get("id"))));
      assertThat(trace)
          .containsEntry("topic", "own/x")
          .containsEntry("publisher", "own/say")
          .containsEntry("matched", 2);
      assertThat((List<?>) trace.get("subscriptions"))
          .map(step -> ScriptNode.map(step))
          .map(step -> step.get("pattern") + " " + step.get("state") + " " + step.get("error"))
          .containsExactly("own/x HANDLED ", "own/* FAILED HANDLER_FAILED: no");
      assertThatThrownBy(() -> app.call("$runtime/trace", Map.of("id", 999_999)))
          .isInstanceOfSatisfying(
              RunarException.class, e -> assertThat(e.code()).isEqualTo(Code.NOT_FOUND));
    }
  }

  @Test
  void wrongOptionsAreRefusedWithTheirPath() {
    try (ScriptNode app =
        ScriptNode.start(folder, "import { Node } from \"runar-ts\"; new Node();\n")) {
      assertThat(
              List.of(
                  "{ retyr: 1 }",
                  "{ retry: { atempts: 1 } }",
                  "{ order: \"sequential\" }",
                  "{ retry: { attempts: 0 } }",
                  "{ deadLetter: \"a//b\" }"))
          .map(
              options -> {
                try {
                  app.add(
                      "bad.ts",
                      """
                      import { event, Node } from "runar-ts";
                      const node = new Node();
                      await node.addService({
                        name: "bad", path: "bad",
                        events: { x: event({ ...%s, handler: () => {} } as never) },
                      });
                      """
                          .formatted(options));
                  return "accepted";
                } catch (RunarException e) {
                  return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
                }
              })
          .satisfiesExactly(
              text ->
                  assertThat(text).contains("no option retyr; it has", "did you mean \"retry\"?"),
              text ->
                  assertThat(text)
                      .contains("no option retry.atempts; it has", "did you mean \"attempts\"?"),
              text -> assertThat(text).contains("option order", "\"concurrent\" or \"serial\""),
              text -> assertThat(text).contains("option retry.attempts", "at least 1"),
              text -> assertThat(text).contains("a//b"));
    }
  }
}
