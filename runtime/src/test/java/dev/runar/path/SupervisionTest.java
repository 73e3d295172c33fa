package dev.runar.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.runar.Limits;
import dev.runar.NodeConfig;
import dev.runar.Payload;
import dev.runar.PublishOptions;
import dev.runar.RequestOptions;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.Supervision;
import dev.runar.Supervision.OnDeath;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A script whose context was ended comes back; the rows J1 and J8 of the list of faults. */
@Timeout(120)
class SupervisionTest {
  private static final Supervision QUICK =
      Supervision.DEFAULT
          .withGrace(Duration.ofMillis(100))
          .withTurnWarning(Duration.ofMillis(100))
          .withBackOff(Duration.ofMillis(300));

  private static final NodeConfig CONFIG = ScriptNode.CONFIG.withSupervision(QUICK);

  private static final RequestOptions SHORT =
      RequestOptions.DEFAULT.withTimeout(Duration.ofMillis(300));

  @TempDir Path folder;

  private static String service(String spin) {
    return """
    import { Node } from "runar-ts";
    const node = new Node();
    let calls = 0;
    await node.addService({
      name: "s", path: "s",
      actions: {
        spin() { return outer(); },
        ping: () => "pong",
        count: () => ++calls,
        never: () => new Promise(() => {}),
      },
      events: { tick() { node.publish("s/ticked", ++calls); } },
    });
    function outer(): unknown {
      %s
    }
    """
        .formatted(spin);
  }

  private static RunarException error(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    RunarException error = catchThrowableOfType(RunarException.class, call);
    assertThat(error).isNotNull();
    return error;
  }

  private static Map<String, Object> running(ScriptNode app, long restarts) {
    await()
        .pollInterval(Duration.ofMillis(5))
        .atMost(Duration.ofSeconds(20))
        .until(
            () ->
                app.context().get("state").equals("RUNNING")
                    && app.context().get("restarts").equals(restarts));
    return app.context();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "for (;;);",
        "for (;;) { try { for (;;); } catch {} finally { for (;;); } }",
        "return /^(?:(a+)+)+\\1$/.test('a'.repeat(60) + 'b');",
        "for (;;) new Array(3e5).fill(0).map((_, i) => -i).sort();",
        "return { toJSON() { for (;;); } };",
        "throw Object.defineProperty(new Error(), 'message', { get() { for (;;); } });",
      })
  void j1ALoopEndsInATimeoutAndTheScriptComesBack(String spin) {
    try (ScriptNode app = ScriptNode.start(folder, CONFIG, service(spin))) {
      RunarException error =
          error(() -> ScriptNode.value(app.node.request("s/spin", Payload.of(null), SHORT)));
      assertThat(error.code()).isEqualTo(Code.TIMEOUT);

      Map<String, Object> context = running(app, 1);
      assertThat(app.call("s/ping")).isEqualTo("pong");
      assertThat(context).containsEntry("deaths", 1L);
      assertThat((String) context.get("lastDeath")).contains("app.ts#1 (request s/spin");
      assertThat(app.logged("runs for longer than 100 ms")).isNotEmpty();
    }
  }

  @Test
  void aSpinBehindAnAwaitIsEndedAndItsCallerGetsTheStack() {
    try (var app =
        ScriptNode.start(
            folder,
            CONFIG,
            """
            import { Node } from "runar-ts";
            const node = new Node();
            await node.addService({
              name: "s", path: "s",
              actions: {
                async later() {
                  await new Promise((resolve) => setTimeout(resolve, 20));
                  return spin();
                },
                ping: () => "pong",
              },
            });
            function spin() {
              for (;;);
            }
            """)) {
      RunarException error =
          error(() -> ScriptNode.value(app.node.request("s/later", Payload.of(null), SHORT)));
      assertThat(error.code()).isEqualTo(Code.TIMEOUT);
      assertThat(error.remoteStack().orElse("")).contains("at spin (").contains("app.ts:14");
      running(app, 1);
      assertThat(app.call("s/ping")).isEqualTo("pong");
    }
  }

  @Test
  void j1TheCallerAndTheLogSeeWhereTheScriptSpins() {
    try (ScriptNode app = ScriptNode.start(folder, CONFIG, service("for (;;);"))) {
      RunarException error =
          error(() -> ScriptNode.value(app.node.request("s/spin", Payload.of(null), SHORT)));
      assertThat(error.remoteStack().orElseThrow())
          .startsWith("TimeoutError: request s/spin timed out after 300 ms")
          .containsPattern("at outer \\(.*app.ts:15:\\d+\\)")
          .containsPattern("at .*spin.*app.ts:7:\\d+");
      running(app, 1);
      assertThat(app.logged("runs for longer than 100 ms"))
          .singleElement()
          .asString()
          .containsPattern("at outer \\(.*app.ts:15:\\d+\\)");
      assertThat(app.logged("; the context was closed"))
          .singleElement()
          .asString()
          .contains("outer");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "setTimeout(() => { for (;;); }, 1); return 1;",
        "setTimeout(async () => { await null; for (;;); }, 1); return 1;",
        "const next = () => { Promise.resolve().then(next); }; next(); return 1;",
        "queueMicrotask(() => { queueMicrotask(() => { for (;;); }); }); return 1;",
      })
  void j1ALoopInATimerOrMicrotaskIsEndedAndTheScriptComesBack(String spin) {
    NodeConfig brief = CONFIG.withLimits(Limits.DEFAULT.withTurnBudget(Duration.ofSeconds(1)));
    try (ScriptNode app = ScriptNode.start(folder, brief, service(spin))) {
      var _ = app.node.request("s/spin", Payload.of(null));
      running(app, 1);
      assertThat(app.call("s/ping")).isEqualTo("pong");
    }
  }

  @Test
  void j8CallsInFlightFailOnceEachAndTheNextOnesAreAnswered() {
    try (ScriptNode app = ScriptNode.start(folder, CONFIG, service("for (;;);"))) {
      var pending = app.node.request("s/never", Payload.of(null));
      app.call("s/count");
      var spinning = app.node.request("s/spin", Payload.of(null), SHORT);
      var queued =
          IntStream.range(0, 50)
              .mapToObj(i -> app.node.request("s/ping", Payload.of(null)))
              .toList();
      var event =
          app.node.publish(
              "s/tick", Payload.of(1), PublishOptions.DEFAULT.withAck(PublishOptions.Ack.HANDLED));

      assertThat(error(() -> ScriptNode.value(spinning)).code()).isEqualTo(Code.TIMEOUT);
      assertThat(error(() -> ScriptNode.value(pending)).code()).isEqualTo(Code.CONTEXT_GONE);
      queued.forEach(
          each ->
              assertThat(error(() -> ScriptNode.value(each)).code()).isEqualTo(Code.CONTEXT_GONE));
      assertThat(ScriptNode.value(event).failed()).isEqualTo(1);
      running(app, 1);
      assertThat(app.call("s/count")).as("a new context knows nothing of the old").isEqualTo(1);
      assertThat(app.ledger().get("waiting")).isEqualTo(0L);
      await().until(() -> ScriptNode.map(app.status().get("requests")).get("inFlight").equals(1));
    }
  }

  @Test
  void j8WhatWaitedGoesToTheNewContextWhenThatIsDeclared() {
    NodeConfig replay = CONFIG.withSupervision(QUICK.withOnDeath(OnDeath.REPLAY));
    try (ScriptNode app = ScriptNode.start(folder, replay, service("for (;;);"))) {
      var spinning = app.node.request("s/spin", Payload.of(null), SHORT);
      var queued =
          IntStream.range(0, 50)
              .mapToObj(i -> app.node.request("s/count", Payload.of(null)))
              .toList();
      var event =
          app.node.publish(
              "s/tick", Payload.of(1), PublishOptions.DEFAULT.withAck(PublishOptions.Ack.HANDLED));
      assertThat(error(() -> ScriptNode.value(spinning)).code()).isEqualTo(Code.TIMEOUT);
      for (int i = 0; i < queued.size(); i++) {
        assertThat(ScriptNode.value(queued.get(i)).asInt()).isEqualTo(i + 1);
      }
      assertThat(ScriptNode.value(event).handled()).isEqualTo(1);
    }
  }

  @Test
  void j8ThreeDeathsOpenTheBreakerAndOneTryClosesIt() throws IOException {
    NodeConfig unhurried = // what is asked of one that is away comes before the next try
        CONFIG.withSupervision(
            QUICK.withBackOff(Duration.ofSeconds(3)).withWithin(Duration.ofSeconds(30)));
    try (ScriptNode app = ScriptNode.start(folder, unhurried, service("for (;;);"))) {
      for (int death = 1; death <= 2; death++) {
        error(() -> ScriptNode.value(app.node.request("s/spin", Payload.of(null), SHORT)));
        running(app, death);
      }
      error(() -> ScriptNode.value(app.node.request("s/spin", Payload.of(null), SHORT)));
      await()
          .pollInterval(Duration.ofMillis(2))
          .until(() -> app.context().get("state").equals("AWAY"));
      assertThat(ready(app)).isEqualTo(503);
      RunarException away = error(() -> app.call("s/ping"));
      assertThat(away.code()).isEqualTo(Code.NOT_RUNNING);
      assertThat(away.getMessage())
          .isEqualTo(
              "service \"s\" is away: its script died 3 times within 30000 ms; the next try is made"
                  + " after 3000 ms");
      running(app, 3);
      assertThat(app.call("s/ping")).isEqualTo("pong");
      assertThat(ready(app)).isEqualTo(200);

      // half-open: one more death, and the script stays away for twice as long
      error(() -> ScriptNode.value(app.node.request("s/spin", Payload.of(null), SHORT)));
      await()
          .pollInterval(Duration.ofMillis(2))
          .until(() -> app.context().get("state").equals("AWAY"));
      assertThat(error(() -> app.call("s/ping")).getMessage()).endsWith("after 6000 ms");
    }
  }

  private static int ready(ScriptNode app) throws IOException {
    var connection =
        (HttpURLConnection) app.node.urls().get(0).resolve("/ready").toURL().openConnection();
    try {
      return connection.getResponseCode();
    } finally {
      connection.disconnect();
    }
  }

  @Test
  void j8AScriptThatNoLongerLoadsIsTriedAgainUntilItIsMended() {
    try (ScriptNode app = ScriptNode.start(folder, CONFIG, service("for (;;);"))) {
      app.file("app.ts", "throw new Error('broken');");
      error(() -> ScriptNode.value(app.node.request("s/spin", Payload.of(null), SHORT)));
      await().until(() -> !app.logged("script not restarted name=app.ts#1").isEmpty());
      assertThat(error(() -> app.call("s/ping")).code()).isEqualTo(Code.NOT_RUNNING);
      app.file("app.ts", service("return 'mended';"));
      await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> app.context().get("state").equals("RUNNING"));
      assertThat(app.call("s/spin")).isEqualTo("mended");
    }
  }

  @Test
  void j8ARestartTakesLittle() {
    try (ScriptNode app = ScriptNode.start(folder, CONFIG, service("for (;;);"))) {
      error(() -> ScriptNode.value(app.node.request("s/spin", Payload.of(null), SHORT)));
      running(app, 1);
      String said = "script restarted name=app.ts#1 ms=";
      await().until(() -> !app.logged(said).isEmpty());
      List<String> lines = app.logged(said);
      assertThat(lines).hasSize(1);
      long ms = Long.parseLong(lines.get(0).replaceAll(".*ms=", ""));
      assertThat(ms).as("100 on an idle machine").isLessThan(2_000);
      System.getLogger("dev.runar.measured").log(System.Logger.Level.INFO, "restart ms=" + ms);
    }
  }

  @Test
  void otherScriptsDoNotNoticeAndTheNewServiceCanBeRemoved() {
    try (ScriptNode app = ScriptNode.start(folder, CONFIG, service("for (;;);"))) {
      app.add("other.ts", service("return 1;").replace("\"s\"", "\"other\""));
      error(() -> ScriptNode.value(app.node.request("s/spin", Payload.of(null), SHORT)));
      assertThat(app.call("other/ping")).isEqualTo("pong");
      await().until(() -> app.logged("script restarted").size() == 1);
      assertThat(app.call("s/ping")).isEqualTo("pong");
      app.node.removeService("s").join();
      assertThat(error(() -> app.call("s/ping")).code()).isEqualTo(Code.NOT_FOUND);
    }
  }
}
