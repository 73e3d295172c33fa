package dev.runar.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.runar.PublishOptions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Events that outlive the script that was to handle them. */
@Timeout(60)
class EventSurvivalTest extends EventFixture {
  @Test
  void aServiceCanReplayWhatWasRetained() {
    try (ScriptNode app =
        ScriptNode.start(folder, "import { Node } from \"runar-ts\"; new Node();\n")) {
      app.publish("late/x", 1, PublishOptions.DEFAULT.withRetainFor(Duration.ofMinutes(1)));
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
              retry: { attempts: 1_000, backoff: 20, maxBackoff: 20 },
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
        app.publish("own/work", n);
      }
      await().until(() -> ((Long) delivery(app, "own/work").get("retried")) > 1);
      app.file("app.ts", script.replace("VERSION", "2"));
      ScriptNode.value(app.node.reload(app.path("app.ts")));
      app.publish("own/work", 21);
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
                ScriptNode.CONFIG.limits().withTurnBudget(Duration.ofSeconds(1))),
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
                  retry: { attempts: 500, backoff: 50, maxBackoff: 100 },
                  handler: (n: number, ctx) => {
                    if (n === 1 && ctx.attempt === 1) for (;;);
                    got.push(n);
                  },
                }),
              },
            });
            """)) {
      for (int n = 1; n <= 3; n++) {
        app.publish("own/work", n);
      }
      awaitNothingWaits(app);
      assertThat(delivery(app, "own/work"))
          .containsEntry("handled", 3L)
          .containsEntry("failed", 0L);
      assertThat(app.call("own/got")).isEqualTo(List.of(1, 2, 3));
    }
  }
}
