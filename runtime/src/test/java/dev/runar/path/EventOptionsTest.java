package dev.runar.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.runar.ActionOptions;
import dev.runar.PublishReceipt;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.SubscribeOptions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a subscription's options promise, with real scripts. */
@Timeout(60)
class EventOptionsTest extends EventFixture {
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
            let both = () => {};
            const two = new Promise<void>((resolve) => { both = resolve; });
            const meet = async (n: number) => {
              log.push(`begin ${n}`);
              if (n === 2) both();
              await two;
              log.push(`end ${n}`);
            };
            await node.addService({
              name: "own", path: "own",
              actions: { log: () => log.splice(0) },
              events: { serial: event({ order: "serial", handler: slow }), concurrent: meet },
            });
            """)) {
      for (int n = 1; n <= 3; n++) {
        app.publish("own/serial", n);
      }
      awaitNothingWaits(app);
      assertThat(app.call("own/log"))
          .isEqualTo(List.of("begin 1", "end 1", "begin 2", "end 2", "begin 3", "end 3"));
      app.publish("own/concurrent", 1);
      app.publish("own/concurrent", 2);
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
      app.publish("own/work", 1);
      PublishReceipt second = app.publish("own/work", 2, HANDLED);
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
      PublishReceipt work = app.publish("own/work", Map.of("n", 1), HANDLED);
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

      PublishReceipt kept = app.publish("own/kept", "x", HANDLED);
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
            }, { ack: "manual", timeout: 1_000 });
            await node.subscribe("auto", (_, ctx) => ctx.ack());
            """)) {
      assertThat(app.publish("m/a", "ack", HANDLED).handled()).isEqualTo(1);
      assertThat(app.publish("m/a", "nack", HANDLED).failed()).isEqualTo(1);
      assertThat(app.publish("m/a", "throw", HANDLED).failed()).isEqualTo(1);
      assertThat(app.publish("m/a", "forget", HANDLED).failed()).isEqualTo(1);
      List<?> letters = (List<?>) ScriptNode.map(app.call("$runtime/deadletters")).get("letters");
      assertThat(letters)
          .map(letter -> ScriptNode.map(ScriptNode.map(letter).get("error")))
          .map(error -> error.get("code") + ": " + error.get("message"))
          .containsExactly(
              "HANDLER_FAILED: not today",
              "HANDLER_FAILED: thrown",
              "TIMEOUT: event m/a was not handled within 1000 ms");
      await().until(() -> app.context().get("pending").equals(0));
      assertThat(app.publish("auto", 1, HANDLED).failed()).isEqualTo(1);
      assertThat(app.logged("acknowledges by itself")).isNotEmpty();
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
      assertThat(app.publish("j/x", 1, HANDLED).handled()).isEqualTo(1);
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
