package dev.runar.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.runar.ActionOptions;
import dev.runar.ActionOptions.Visibility;
import dev.runar.Payload;
import dev.runar.PublishOptions;
import dev.runar.PublishOptions.Ack;
import dev.runar.RequestOptions;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.Service;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What an action says of itself is kept, whoever calls it. */
@Timeout(120)
class ActionOptionsTest {
  private static final String APP =
      """
      import { Node, action, defineError, OverloadError } from "runar-ts";
      const node = new Node({ server: { port: 0 } });
      const Poor = defineError("Poor");
      const point = {
        type: "object",
        properties: { x: { type: "number" }, y: { type: "number" } },
        required: ["x", "y"],
      };
      let runs = 0;
      let most = 0;
      let now = 0;
      let broken = true;
      let open;
      const opened = new Promise((resolve) => { open = resolve; });
      const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
      node.addService({
        name: "s", path: "s",
        actions: {
          runs: () => runs,
          mend() { broken = false; },
          open: () => open(),
          norm: action({ input: point, handler: ({ x, y }) => { runs++; return Math.hypot(x, y); } }),
          origin: action({ output: point, handler: (y) => ({ x: 0, y }) }),
          date: action({
            input: { type: "object", properties: { at: { type: "string", format: "date-time" } } },
            handler: ({ at }) => at instanceof Date,
          }),
          spin: action({ input: { type: "object" }, handler: () => { for (;;); } }),
          cached: action({
            cache: { ttl: 60_000, keys: ["id"], invalidatedBy: ["changed"] },
            handler: ({ id }) => { runs++; return id; },
          }),
          late: action({
            retry: { attempts: 3, backoff: 1 }, idempotent: true,
            handler(n, ctx) {
              if (ctx.attempt < 3) throw new OverloadError("not yet");
              return ctx.attempt;
            },
          }),
          stood: action({
            handler() { throw new TypeError("broken"); },
            fallback: (input, error, ctx) => [input, error.code, error.message, ctx.path],
          }),
          declared: action({
            errors: [Poor],
            handler() { throw new Poor("too poor"); },
            fallback: () => "never",
          }),
          fuse: action({
            breaker: { failureRate: 1, window: 2, openFor: 60_000 },
            handler() { runs++; if (broken) throw new Error("broken"); return "well"; },
            fallback: (input, error) => error.code,
          }),
          one: action({
            concurrency: { max: 1, queue: 2 },
            async handler() { now++; most = Math.max(most, now); await opened; await sleep(20); now--; return most; },
          }),
          internal: action({ visibility: "internal", handler: () => "internal" }),
          secret: action({ visibility: "private", handler: () => "secret" }),
          async tell(ctx) { await sleep(1); return [await ctx.request("internal"), await ctx.request("secret")]; },
        },
      });
      node.addService({
        name: "o", path: "o",
        actions: {
          internal: (ctx) => ctx.request("s/internal"),
          secret: (ctx) => ctx.request("s/secret"),
          async norm(ctx) {
            try { await ctx.request("s/norm", { x: "1" }); }
            catch (error) { return [error.name, error.code, error.data.issues.map((i) => i.path)]; }
          },
        },
      });
      await node.start();
      """;

  @TempDir Path folder;

  private static RunarException failure(ScriptNode app, String path, Object input) {
    try {
      app.call(path, input);
    } catch (RunarException e) {
      return e;
    }
    throw new AssertionError(path + " did not fail");
  }

  @Test
  void inputThatDoesNotFitRunsNothingWhoeverSendsIt() {
    try (var app = ScriptNode.start(folder, APP)) {
      RunarException refused = failure(app, "s/norm", Map.of("x", "1"));
      assertThat(refused.code()).isEqualTo(Code.INVALID_INPUT);
      assertThat(refused).hasMessageContaining("the input of action s/norm does not fit: ");
      assertThat(app.call("o/norm"))
          .isEqualTo(List.of("ValidationError", "INVALID_INPUT", List.of("x", "y")));
      try (Client client = app.connect("/topics")) {
        assertThat(client.send("{\"request\":\"s/norm\",\"data\":{\"x\":1},\"id\":1}").next())
            .contains("\"code\":\"INVALID_INPUT\"", "\"path\":\"y\"", "\"keyword\":\"required\"");
      }
      assertThat(app.call("s/runs")).isEqualTo(0);
      assertThat(app.call("s/norm", Map.of("x", 3, "y", 4))).isEqualTo(5);
    }
  }

  @Test
  void valuesWithoutNamesGetThoseOfTheSchema() {
    try (var app = ScriptNode.start(folder, APP)) {
      assertThat(app.call("s/norm", List.of(3, 4))).isEqualTo(5);
      assertThat(failure(app, "s/norm", List.of(3)))
          .hasMessageContaining("y: required property 'y' not found");
    }
  }

  @Test
  void aValueThatJsonDoesNotHaveIsCheckedAsTextAndCrossesAsItIs() {
    try (var app = ScriptNode.start(folder, APP)) {
      assertThat(app.call("s/date", Map.of("at", java.time.Instant.EPOCH))).isEqualTo(true);
    }
  }

  @Test
  void aResultThatDoesNotFitIsAFailureOfTheHandler() {
    try (var app = ScriptNode.start(folder, APP)) {
      assertThat(app.call("s/origin", 5)).isEqualTo(Map.of("x", 0, "y", 5));
      RunarException failure = failure(app, "s/origin", "five");
      assertThat(failure.code()).isEqualTo(Code.HANDLER_FAILED);
      assertThat(failure)
          .hasMessage(
              "the result of action s/origin does not fit: y: string found, number expected");
    }
  }

  @Test
  void aSchemaThatIsNoneIsRefusedWhenItIsDefined() {
    String wrong =
        """
        import { Node, action } from "runar-ts";
        const node = new Node();
        await node.addService({ name: "s", path: "s", actions: {
          a: action({ input: { type: "object", properties: { n: { type: "nmber" } } }, handler() {} }),
        } });
        """;
    try (var app = ScriptNode.create(folder, ScriptNode.CONFIG)) {
      assertThatThrownBy(() -> app.add("app.ts", wrong))
          .isInstanceOfSatisfying(
              RunarException.class,
              e ->
                  assertThat(e.report())
                      .contains(
                          "service s: action a: input is not a JSON Schema: properties.n.type"));
    }
  }

  @Test
  void aHandlerThatSpinsIsStillNamedWithItsStack() {
    try (var app = ScriptNode.start(folder, APP)) {
      var answer =
          app.node.request(
              "s/spin",
              Payload.object(),
              RequestOptions.DEFAULT.withTimeout(Duration.ofMillis(300)));
      assertThatThrownBy(() -> ScriptNode.value(answer))
          .hasMessageContaining("its script was still running");
    }
  }

  @Test
  void aResultIsKeptUntilAnEventSaysOtherwise() {
    try (var app = ScriptNode.start(folder, APP)) {
      for (int i = 0; i < 5; i++) {
        assertThat(app.call("s/cached", Map.of("id", 7, "noise", i))).isEqualTo(7);
      }
      assertThat(app.call("s/runs")).isEqualTo(1);
      app.node.publish("s/changed", Payload.of(null));
      assertThat(app.call("s/cached", Map.of("id", 7))).isEqualTo(7);
      assertThat(app.call("s/runs")).isEqualTo(2);
      assertThat(ScriptNode.map(ScriptNode.map(app.status().get("actions")).get("s/cached")))
          .containsEntry("calls", 6L)
          .containsEntry("cacheHits", 4L)
          .containsEntry("cacheMisses", 2L)
          .containsEntry("invalidations", 1L);
    }
  }

  @Test
  void aCallIsTriedAgainAndKnowsIt() {
    try (var app = ScriptNode.start(folder, APP)) {
      assertThat(app.call("s/late")).isEqualTo(3);
    }
  }

  @Test
  void aFallbackAnswersForWhatFailedAndForWhatTheBreakerRefused() {
    try (var app = ScriptNode.start(folder, APP)) {
      assertThat(app.call("s/stood", "in"))
          .isEqualTo(List.of("in", "HANDLER_FAILED", "broken", "s/stood"));
      assertThat(failure(app, "s/declared", null)).hasMessage("too poor");
      assertThat(app.call("s/fuse")).isEqualTo("HANDLER_FAILED");
      assertThat(app.call("s/fuse")).isEqualTo("HANDLER_FAILED");
      assertThat(app.call("s/mend")).isNull();
      assertThat(app.call("s/fuse")).isEqualTo("OVERLOADED");
      assertThat(app.call("s/runs")).isEqualTo(2);
    }
  }

  @Test
  void soManyRunAtATimeAndTheOthersWait() {
    try (var app = ScriptNode.start(folder, APP)) {
      var answers =
          IntStream.range(0, 3).mapToObj(i -> app.node.request("s/one", Payload.of(i))).toList();
      assertThat(failure(app, "s/one", null))
          .hasMessage("action s/one runs 1 calls at a time, and 2 wait; try again later");
      app.call("s/open");
      assertThat(answers)
          .allSatisfy(answer -> assertThat(ScriptNode.value(answer).value()).isEqualTo(1));
    }
  }

  @Test
  void whatIsNotPublicDoesNotExistForClients() {
    try (var app = ScriptNode.start(folder, APP);
        Client client = app.connect("/topics")) {
      for (String action : List.of("internal", "secret")) {
        assertThat(client.send("{\"request\":\"s/" + action + "\",\"id\":1}").next())
            .contains("\"code\":\"NOT_FOUND\"", "No handler found for action s/" + action)
            .doesNotContain("[internal", " internal,", " secret");
      }
      assertThat(app.call("s/tell")).isEqualTo(List.of("internal", "secret"));
      assertThat(app.call("s/internal")).isEqualTo("internal");
      assertThat(app.call("o/internal")).isEqualTo("internal");
      assertThat(failure(app, "s/secret", null).code()).isEqualTo(Code.PERMISSION_DENIED);
      assertThat(failure(app, "o/secret", null))
          .hasMessageContaining(
              "action s/secret is private to service \"s\", and service \"o\" asks");
    }
  }

  /** Whatever context a handler of the service got it from; one of another service gets nothing. */
  @Test
  void whatIsPrivateIsThereForTheLifeAndTheSubscriptionsOfItsService() {
    try (var app =
        ScriptNode.start(
            folder,
            """
            import { Node, action } from "runar-ts";
            const node = new Node({ server: { port: 0 } });
            const seen = [];
            let started;
            const ask = (step) => async (ctx) => { seen.push([step, await ctx.request("secret")]); };
            node.addService({
              name: "s", path: "s",
              actions: {
                secret: action({ visibility: "private", handler: () => "known" }),
                seen: () => seen,
                late: () => ask("late")(started),
                async listen(ctx) { await ctx.subscribe("x/asked", (n, its) => ask("asked")(its)); },
              },
              init: (ctx) => ctx.subscribe("x/begun", (n, its) => ask("begun")(its)),
              start(ctx) { started = ctx; },
              health: async (ctx) => ({ ready: (await ctx.request("secret")) === "known" }),
            });
            let other;
            node.addService({
              name: "o", path: "o",
              actions: { other: () => other },
              async start(ctx) {
                try { await ctx.request("s/secret"); } catch (error) { other = error.code; }
              },
            });
            await node.subscribe("x/asked", () => {});
            await node.start();
            """)) {
      assertThat(app.call("o/other")).isEqualTo("PERMISSION_DENIED");
      app.call("s/late");
      app.call("s/listen");
      assertThat(ScriptNode.map(app.call("$health/ready")).get("ready")).isEqualTo(true);
      for (String topic : List.of("x/begun", "x/asked")) {
        var receipt =
            app.node.publish(topic, Payload.of(1), PublishOptions.DEFAULT.withAck(Ack.HANDLED));
        assertThat(ScriptNode.value(receipt).failed()).isZero();
      }
      assertThat(app.call("s/seen"))
          .isEqualTo(
              List.of(
                  List.of("late", "known"), List.of("begun", "known"), List.of("asked", "known")));
    }
  }

  @Test
  void anActionWrittenInJavaHasTheSame() {
    try (var app = ScriptNode.start(folder, APP)) {
      var options =
          ActionOptions.builder()
              .input(Payload.json("{\"type\":\"object\",\"required\":[\"n\"]}"))
              .visibility(Visibility.INTERNAL)
              .build();
      ScriptNode.value(
          app.node.addService(
              Service.at("java").action("of", options, (payload, context) -> payload).build()));
      assertThat(failure(app, "java/of", Map.of()))
          .hasMessage(
              "the input of action java/of does not fit: n: required property 'n' not found");
      try (Client client = app.connect("/topics")) {
        assertThat(client.send("{\"request\":\"java/of\",\"data\":{\"n\":1},\"id\":1}").next())
            .contains("NOT_FOUND");
      }
    }
  }
}
