package dev.runar.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.runar.Limits;
import dev.runar.NodeConfig;
import dev.runar.Payload;
import dev.runar.Permissions;
import dev.runar.PublishOptions;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.Supervision;
import dev.runar.Supervision.OnDeath;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.IntStream;
import org.graalvm.polyglot.HostAccess;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A script that never ends its turn is ended, here for good; everybody who waited for it is told.
 */
@Timeout(60)
class ContextEndTest {
  private static final NodeConfig CONFIG =
      ScriptNode.CONFIG
          .withLimits(Limits.DEFAULT.withTurnBudget(Duration.ofSeconds(1)))
          .withSupervision(Supervision.DEFAULT.withOnDeath(OnDeath.STAY));

  private static final String HEALTHY =
      """
      import { Node } from "runar-ts";
      const node = new Node();
      await node.addService({ name: "ok", path: "ok", actions: { ping: () => "pong" } });
      """;

  @TempDir Path folder;

  /** What a program gives to its scripts, and does not come back. */
  public static final class Stuck {
    static final CountDownLatch RELEASED = new CountDownLatch(1);

    private Stuck() {}

    @HostAccess.Export
    public static void here() {
      boolean done = false;
      while (!done) {
        try {
          RELEASED.await();
          done = true;
        } catch (InterruptedException e) {
          // it does not listen
        }
      }
    }
  }

  @Test
  void aStopDoesNotWaitForACallOfTheHostThatDoesNotComeBack() {
    var app = ScriptNode.create(folder, ScriptNode.CONFIG);
    try {
      app.file(
          "app.ts",
          """
          import { Node } from "runar-ts";
          const node = new Node();
          await node.addService({
            name: "s", path: "s",
            actions: { stuck: () => Java.type("dev.runar.path.ContextEndTest$Stuck").here() },
          });
          """);
      ScriptNode.value(
          app.node.addScript(
              folder.resolve("app.ts"), Permissions.NONE.withJava(Stuck.class.getName())));
      app.node.start().join();
      var stuck = app.node.request("s/stuck", Payload.of(null));
      await().until(() -> app.context().get("pending") != null && !stuck.isDone());
      assertThat(app.node.stop()).succeedsWithin(Duration.ofSeconds(10));
      assertThatThrownBy(() -> ScriptNode.value(stuck)).isInstanceOf(RunarException.class);
      assertThat(app.logged("does not come back from a call of the host")).isNotEmpty();
    } finally {
      Stuck.RELEASED.countDown();
      app.close();
    }
  }

  @Test
  void queuedAndPendingCallsFailEachToItsSenderAndTheOthersGoOn() {
    try (ScriptNode app =
        ScriptNode.start(
            folder,
            CONFIG,
            """
            import { Node } from "runar-ts";
            const node = new Node();
            node.addService({
              name: "doomed", path: "doomed",
              actions: {
                never: () => new Promise(() => {}),
                spin() { while (true); },
                ping: () => "pong",
              },
              events: { tick() {}, wait: () => new Promise(() => {}) },
              sockets: { "/doomed": { message: () => {} } },
            });
            """)) {
      app.add("ok.ts", HEALTHY);
      Client client = app.connect("/doomed");
      var pending = app.node.request("doomed/never", Payload.of(null));
      var pendingEvent =
          app.node.publish(
              "doomed/wait",
              Payload.of(1),
              PublishOptions.DEFAULT.withAck(PublishOptions.Ack.HANDLED));
      var spinning = app.node.request("doomed/spin", Payload.of(null));
      var queued =
          IntStream.range(0, 50)
              .mapToObj(i -> app.node.request("doomed/ping", Payload.of(null)))
              .toList();
      var queuedEvent =
          app.node.publish(
              "doomed/tick",
              Payload.of(1),
              PublishOptions.DEFAULT.withAck(PublishOptions.Ack.HANDLED));
      client.send("hello");

      assertThat(timedOut(() -> ScriptNode.value(spinning)).getMessage())
          .contains(
              "a turn of script context app.ts#1 (request doomed/spin) ran for", "budget 1000 ms");
      assertThat(gone(() -> ScriptNode.value(pending)).getMessage()).contains("app.ts#1");
      queued.forEach(each -> gone(() -> ScriptNode.value(each)));
      assertThat(ScriptNode.value(queuedEvent).failed()).isEqualTo(1);
      assertThat(ScriptNode.value(pendingEvent).failed()).isEqualTo(1);
      assertThat(client.closed()).startsWith("1013");
      gone(() -> app.call("doomed/ping"));

      assertThat(app.call("ok/ping")).isEqualTo("pong");
      assertThat(app.logged("ran for")).hasSize(1);
      await().until(() -> ((List<?>) app.status().get("contexts")).size() == 1);
      assertThat(app.context().get("name")).isEqualTo("ok.ts#2");
      assertThat(app.ledger().get("waiting")).isEqualTo(0L);
      // the one that asks
      await().until(() -> ScriptNode.map(app.status().get("requests")).get("inFlight").equals(1));
    }
  }

  private static final List<String> ENDLESS =
      List.of(
          // a timer
          "setTimeout(() => { while (true); }, 1);",
          // a chain of microtasks that never ends
          "const next = () => { Promise.resolve().then(next); }; next();",
          // a microtask
          "queueMicrotask(() => { while (true); });",
          // a Proxy that is thrown
          "throw new Proxy({}, { getOwnPropertyDescriptor() { while (true); } });",
          // the getter of a thrown error's message, which the engine reads for the stack
          "throw Object.defineProperty(new Error(), 'message', { get() { while (true); } });",
          // the result's toJSON
          "return { toJSON() { while (true); } };",
          // a thenable that is returned
          "return { then() { while (true); } };",
          // a console that prints an endless value
          "console.log(new Proxy([], { get() { while (true); } })); while (true);",
          // that hides from its end by catching everything
          "for (;;) { try { while (true); } catch {} finally { for (;;); } }",
          // a regular expression that backtracks for ever
          "/^(?:(a+)+)+\\1$/.test('a'.repeat(60) + 'b');");

  @Test
  void aTurnThatNeverEndsIsEndedWhereverItSpins() {
    try (ScriptNode app = ScriptNode.start(folder, CONFIG, HEALTHY)) {
      for (int i = 0; i < ENDLESS.size(); i++) {
        String path = "doomed" + i;
        app.add(path + ".ts", doomed(path, ENDLESS.get(i)));
        var call = app.node.request(path + "/run", Payload.of(null));
        await(ENDLESS.get(i)).until(() -> ((List<?>) app.status().get("contexts")).size() == 1);
        assertThat(call).isDone();
        gone(() -> app.call(path + "/ping"));
        assertThat(app.call("ok/ping")).isEqualTo("pong");
      }
      assertThat(app.logged("dev.runar.script a turn of ")).hasSize(ENDLESS.size());
    }
  }

  @Test
  void aThrownObjectIsReadWithoutRunningItsGetters() {
    try (ScriptNode app =
        ScriptNode.start(
            folder,
            CONFIG,
            doomed(
                "loud",
                "throw Object.defineProperty({}, 'message'," + " { get() { while (true); } });"))) {
      RunarException error = catchThrowableOfType(RunarException.class, () -> app.call("loud/run"));
      assertThat(error.code()).isEqualTo(Code.HANDLER_FAILED);
      assertThat(app.call("loud/ping")).isEqualTo("pong");
    }
  }

  private static String doomed(String path, String body) {
    return """
    import { Node } from "runar-ts";
    const node = new Node();
    await node.addService({
      name: "%s", path: "%s",
      actions: { run: () => run(), ping: () => "pong" },
    });
    function run(): unknown { %s }
    """
        .formatted(path, path, body);
  }

  @Test
  void aModuleThatNeverEndsIsEndedAndTheOthersGoOn() {
    try (ScriptNode app = ScriptNode.start(folder, CONFIG, HEALTHY)) {
      RunarException error =
          catchThrowableOfType(
              RunarException.class,
              () -> app.add("spin.ts", "export const x = 1;\nwhile (true);\n"));
      assertThat(error.code()).isEqualTo(Code.CONTEXT_GONE);
      assertThat(app.call("ok/ping")).isEqualTo("pong");
      app.add("again.ts", HEALTHY.replace("\"ok\"", "\"again\""));
      assertThat(app.call("again/ping")).isEqualTo("pong");
    }
  }

  @Test
  void theNodeStopsWithinItsTimeWhileAScriptSpins() {
    NodeConfig patient = ScriptNode.CONFIG.withDrainTimeout(Duration.ofMillis(300));
    try (ScriptNode app =
        ScriptNode.start(
            folder,
            patient,
            """
            import { Node } from "runar-ts";
            const node = new Node();
            node.addService({
              name: "doomed", path: "doomed", actions: { spin() { while (true); } },
            });
            """)) {
      var spinning = app.node.request("doomed/spin", Payload.of(null));
      await().until(() -> threads().containsKey("runar-script-app.ts#1"));
      app.node.stop().orTimeout(5, java.util.concurrent.TimeUnit.SECONDS).join();
      assertThat(app.logged("scripts did not stop cleanly")).isEmpty();
      RunarException error =
          catchThrowableOfType(RunarException.class, () -> ScriptNode.value(spinning));
      assertThat(error.code()).isIn(Code.SHUTDOWN, Code.CONTEXT_GONE);
      await().until(() -> !threads().containsKey("runar-script-app.ts#1"));
    }
  }

  @Test
  void aScriptThatIsStuckInAHostCallDoesNotKeepAnotherFromBeingEnded() {
    var release = new CountDownLatch(1);
    var logger = Logger.getLogger("runar.service.stuck");
    var blocking = new BlockingHandler(release);
    logger.addHandler(blocking);
    try (ScriptNode app =
        ScriptNode.start(
            folder,
            CONFIG,
            """
            import { Node } from "runar-ts";
            const node = new Node();
            await node.addService({
              name: "stuck", path: "stuck",
              actions: { log(_input, ctx) { ctx.logger.info("stuck"); return 1; } },
            });
            """)) {
      app.add("spin.ts", doomed("doomed", "while (true);"));
      app.add("ok.ts", HEALTHY);
      var stuck = app.node.request("stuck/log", Payload.of(null));
      await()
          .until(
              () -> !app.logged("script context app.ts#1 (request stuck/log) ran for").isEmpty());

      timedOut(() -> app.call("doomed/run"));
      assertThat(app.call("ok/ping")).isEqualTo("pong");
      assertThat(blocking.isBlocking).isTrue();

      release.countDown();
      timedOut(() -> ScriptNode.value(stuck));
      await().until(() -> ((List<?>) app.status().get("contexts")).size() == 1);
    } finally {
      release.countDown();
      logger.removeHandler(blocking);
    }
  }

  /** Takes a log line and does not come back, interrupted or not, until it is released. */
  private static final class BlockingHandler extends Handler {
    private final CountDownLatch release;
    private volatile boolean isBlocking;

    BlockingHandler(CountDownLatch release) {
      this.release = release;
    }

    @Override
    public void publish(LogRecord line) {
      isBlocking = true;
      boolean released = false;
      while (!released) {
        try {
          released = release.await(30, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
          released = false; // as a write to a full pipe does not end by it either
        }
      }
      isBlocking = false;
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }

  private static Map<String, Thread.State> threads() {
    var threads = new java.util.TreeMap<String, Thread.State>();
    Thread.getAllStackTraces().keySet().forEach(t -> threads.put(t.getName(), t.getState()));
    return threads;
  }

  private static RunarException gone(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    RunarException error = catchThrowableOfType(RunarException.class, call);
    assertThat(error.code()).isEqualTo(Code.CONTEXT_GONE);
    return error;
  }

  private static RunarException timedOut(
      org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    RunarException error = catchThrowableOfType(RunarException.class, call);
    assertThat(error.code()).isEqualTo(Code.TIMEOUT);
    return error;
  }
}
