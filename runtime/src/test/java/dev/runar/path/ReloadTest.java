package dev.runar.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.runar.Limits;
import dev.runar.Node;
import dev.runar.NodeConfig;
import dev.runar.Payload;
import dev.runar.PublishOptions;
import dev.runar.Reload;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.SubscribeOptions;
import dev.runar.Supervision;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A script is loaded anew while it works: nothing is lost, nothing comes twice or out of order. */
@Timeout(180)
class ReloadTest {
  private static final NodeConfig BRIEF =
      ScriptNode.CONFIG.withSupervision(
          Supervision.DEFAULT.withLoadTimeout(Duration.ofMillis(1_500)));

  @TempDir Path folder;

  private static Reload reload(ScriptNode app, String script) {
    app.file("app.ts", script);
    return ScriptNode.value(app.node.reload(app.path("app.ts")));
  }

  private static RunarException failedReload(ScriptNode app, String script) {
    RunarException error = catchThrowableOfType(RunarException.class, () -> reload(app, script));
    assertThat(error).isNotNull();
    return error;
  }

  /** Tells which version answers, and counts. */
  private static String counter(int version) {
    return """
    import { Node } from "runar-ts";
    const node = new Node();
    let count = 0;
    node.addService({
      name: "s", path: "s",
      actions: {
        version: () => %1$d,
        count: () => ++count,
        never: () => new Promise(() => {}),
        slow: async (ms: number) => { await new Promise((r) => setTimeout(r, ms)); return %1$d; },
      },
      state: { save: () => ({ count }), restore: (saved: { count: number }) => { count = saved.count; } },
    });
    await node.start();
    """
        .formatted(version);
  }

  private static void allIsAccountedFor(ScriptNode app) {
    await()
        .untilAsserted(
            () -> {
              Map<String, Object> ledger = app.ledger();
              assertThat(ledger).containsEntry("waiting", 0L);
              assertThat((long) (Long) ledger.get("queued"))
                  .isEqualTo((long) (Long) ledger.get("handled") + (Long) ledger.get("failed"));
            });
  }

  @Test
  void theNewVersionAnswersAndBeginsWithTheStateOfTheOldOne() {
    try (ScriptNode app = ScriptNode.start(folder, counter(1))) {
      app.call("s/count");
      app.call("s/count");

      Reload reload = reload(app, counter(2));

      assertThat(app.call("s/version")).isEqualTo(2);
      assertThat(app.call("s/count")).isEqualTo(3);
      assertThat(reload.services()).isEqualTo(1);
      assertThat(reload.sessions()).isZero();
      assertThat(app.context()).containsEntry("state", "RUNNING").containsEntry("deaths", 0L);
    }
  }

  @Test
  void aCallThatHasBegunIsAnsweredByTheOldVersion() {
    try (ScriptNode app = ScriptNode.start(folder, counter(1))) {
      var slow = app.node.request("s/slow", Payload.of(500));
      app.call("s/version"); // it has begun
      reload(app, counter(2));
      assertThat(app.call("s/version")).isEqualTo(2);
      assertThat(slow).isNotDone();
      assertThat(ScriptNode.value(slow).value()).isEqualTo(1);
    }
  }

  @Test
  void everyEventIsHandledOnceAndInOrder() throws InterruptedException {
    try (ScriptNode app = ScriptNode.start(folder, ordered(0))) {
      var stop = new AtomicBoolean();
      int publishers = 3;
      int[] published = new int[publishers];
      var threads =
          IntStream.range(0, publishers)
              .mapToObj(
                  who ->
                      Thread.ofPlatform()
                          .start(
                              () -> {
                                while (!stop.get()) {
                                  LockSupport.parkNanos(100_000); // what was seen is the state
                                  var receipt =
                                      app.node
                                          .publish("n/x", Payload.of(List.of(who, published[who])))
                                          .join();
                                  assertThat(receipt.matched()).isEqualTo(2);
                                  if (receipt.queued() == 2) {
                                    published[who]++;
                                  }
                                  if (published[who] % 100 == 0) {
                                    app.node
                                        .publish(
                                            "n/x",
                                            Payload.of(List.of(-1, 0)),
                                            PublishOptions.DEFAULT.withAck(
                                                PublishOptions.Ack.HANDLED))
                                        .join();
                                  }
                                }
                              }))
              .toList();
      for (int version = 1; version <= 20; version++) {
        reload(app, ordered(version));
      }
      stop.set(true);
      for (Thread thread : threads) {
        thread.join();
      }
      allIsAccountedFor(app);
      for (String handler : List.of("service", "loose")) {
        for (int who = 0; who < publishers; who++) {
          List<Integer> got = of(app, handler, who);
          assertThat(got)
              .as(handler + " of publisher " + who)
              .isEqualTo(IntStream.range(0, published[who]).boxed().toList());
        }
      }
      assertThat(app.ledger()).containsEntry("failed", 0L);
    }
  }

  /** Two handlers of numbered events; what they have seen is their state. */
  private static String ordered(int version) {
    return """
    import { Node } from "runar-ts";
    const node = new Node();
    let seen: Record<string, [number, number][]> = { service: [], loose: [] };
    await node.addService({
      name: "s", path: "s",
      events: { "n/*": (pair: [number, number]) => { seen.service.push(pair); } },
      actions: {
        version: () => %d,
        seen: (handler: string, who: number) =>
          seen[handler].filter((pair) => pair[0] === who).map((pair) => pair[1]),
      },
      state: { save: () => seen, restore: (saved: typeof seen) => { seen = saved; } },
    });
    await node.start();
    await node.subscribe("n/x", (pair) => { seen.loose.push(pair as [number, number]); });
    """
        .formatted(version);
  }

  @SuppressWarnings("unchecked")
  private static List<Integer> of(ScriptNode app, String handler, int who) {
    return (List<Integer>) app.call("s/seen", Map.of("handler", handler, "who", who));
  }

  @Test
  void aFloodOfRequestsGoesThrough() throws InterruptedException {
    try (ScriptNode app = ScriptNode.start(folder, counter(0))) {
      var stop = new AtomicBoolean();
      var answered = new AtomicInteger();
      var failures = new ConcurrentLinkedQueue<Throwable>();
      var inFlight = new Semaphore(500);
      Thread flood =
          Thread.ofPlatform()
              .start(
                  () -> {
                    while (!stop.get()) {
                      inFlight.acquireUninterruptibly();
                      var _ =
                          app.node
                              .request("s/count", Payload.of(null))
                              .whenComplete(
                                  (result, error) -> {
                                    inFlight.release();
                                    if (error != null) {
                                      failures.add(error);
                                    } else {
                                      answered.incrementAndGet();
                                    }
                                  });
                    }
                  });
      for (int version = 1; version <= 20; version++) {
        reload(app, counter(version));
      }
      stop.set(true);
      flood.join();
      await().until(() -> inFlight.availablePermits() == 500);
      assertThat(failures).isEmpty();
      assertThat(app.call("s/count")).isEqualTo(answered.get() + 1);
    }
  }

  private static String sockets(int version) {
    return """
    import { Node, type Session } from "runar-ts";
    const node = new Node();
    const next = new Map<string, number>();
    await node.addService({
      name: "s", path: "s",
      actions: { version: () => %1$d, group: () => node.broker.group("all").send("to all") },
      sockets: {
        "/live": {
          open(session: Session) {
            if (!session.carriedOver) session.join("all");
            next.set(session.id, 0);
            session.send(`open ${session.carriedOver} %1$d`);
          },
          message(session: Session, text: string | Uint8Array) {
            if (!next.has(session.id)) session.send("message before open");
            session.send(text);
          },
          close(session: Session) { next.delete(session.id); },
        },
      },
    });
    await node.start();
    """
        .formatted(version);
  }

  @Test
  void messagesOfASocketAreHandledOnceAndInOrderAndItStaysOpen() {
    try (ScriptNode app = ScriptNode.start(folder, sockets(0));
        Client client = app.connect("/live")) {
      assertThat(client.next()).isEqualTo("open false 0");
      var sent = new AtomicInteger();
      var stop = new AtomicBoolean();
      Thread sender =
          Thread.ofPlatform()
              .start(
                  () -> {
                    while (!stop.get()) {
                      client.send("m" + sent.getAndIncrement());
                      LockSupport.parkNanos(100_000);
                    }
                  });
      for (int version = 1; version <= 10; version++) {
        assertThat(reload(app, sockets(version)).sessions()).isEqualTo(1);
      }
      stop.set(true);
      await().until(() -> !sender.isAlive());
      client.send("last");
      var echoes = new ArrayList<String>();
      var opens = new ArrayList<String>();
      for (String message = client.next(); !message.equals("last"); message = client.next()) {
        (message.startsWith("open") ? opens : echoes).add(message);
      }
      assertThat(echoes).isEqualTo(IntStream.range(0, sent.get()).mapToObj(i -> "m" + i).toList());
      assertThat(opens)
          .isEqualTo(IntStream.rangeClosed(1, 10).mapToObj(v -> "open true " + v).toList());
      assertThat(app.call("s/group")).isEqualTo(1);
      assertThat(client.next()).isEqualTo("to all");
      assertThat(client.closed).isNotDone();
    }
  }

  @Test
  void aPathThatTheNewVersionDoesNotServeClosesItsSessions() {
    try (ScriptNode app = ScriptNode.start(folder, sockets(0));
        Client client = app.connect("/live")) {
      assertThat(client.next()).isEqualTo("open false 0");

      reload(app, counter(1));

      assertThat(client.closed()).startsWith("1013");
    }
  }

  @Test
  void subscribersOfTopicsNoticeNothing() {
    try (ScriptNode app = ScriptNode.start(folder, counter(0));
        Client client = app.connect("/topics")) {
      client.send("{\"subscribe\":\"t\"}");
      assertThat(client.next()).contains("subscribed");
      reload(app, counter(1));
      app.node.publish("t", Payload.of(1)).join();
      assertThat(client.next()).contains("\"data\":1");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "const = 1;                                            | SCRIPT    | app.ts:1",
        "throw new Error('at the top');                        | SCRIPT    | at the top",
        "import './nowhere';                                   | SCRIPT    | nowhere",
        "await new Promise(() => {});                          | TIMEOUT   | has not loaded",
        "for (;;);                                             | TIMEOUT   | has not loaded",
        "add({ init() { throw new Error('no init'); } });      | SCRIPT | no init",
        "add({ start() { throw new Error('no start'); } });    | HANDLER_FAILED | no start",
        "add({ start: () => new Promise(() => {}) });          | TIMEOUT   | start",
        "add({ start() { for (;;); } });                       | TIMEOUT   | start",
        "add({ state: { save() {}, restore() { throw new Error('no restore'); } } }); |"
            + " HANDLER_FAILED | no restore",
        "add({ path: 'other' });                               | DUPLICATE | other",
      })
  void aBrokenVersionLeavesTheOldOneRunning(String line, String code, String says) {
    String broken =
        line.strip().startsWith("add(")
            ? """
            import { Node } from "runar-ts";
            const node = new Node();
            const add = (more: object) => node.addService({ name: "s", path: "s", actions: { version: () => 2 }, ...more } as never);
            """
                + line.strip()
            : line;
    try (ScriptNode app = ScriptNode.start(folder, BRIEF, counter(1))) {
      app.add(
          "other.ts",
          "import { Node } from 'runar-ts';"
              + "await new Node().addService({ name: 'o', path: 'other', actions: {} });");
      app.call("s/count");
      var slow = app.node.request("s/slow", Payload.of(3_000));
      app.call("s/version");

      RunarException error = failedReload(app, broken);

      assertThat(error.code()).isEqualTo(Code.valueOf(code));
      assertThat(error).hasMessageContaining(says);
      assertThat(app.call("s/version")).isEqualTo(1);
      assertThat(app.call("s/count")).isEqualTo(2);
      assertThat(ScriptNode.value(slow).value()).isEqualTo(1);

      reload(app, counter(3));
      assertThat(app.call("s/version")).isEqualTo(3);
      assertThat(app.call("s/count")).isEqualTo(3);
    }
  }

  @Test
  void whatComesWhileANewVersionFailsToStartGoesBackInOrder() {
    try (ScriptNode app = ScriptNode.start(folder, BRIEF, ordered(0))) {
      app.file(
          "app.ts",
          ordered(1)
              .replace(
                  "actions: {",
                  "async start() { await new Promise((_, no) => setTimeout(() => no(new Error('late"
                      + " no')), 300)); }, actions: { extra: () => 1,"));
      var stop = new AtomicBoolean();
      var published = new AtomicInteger();
      Thread publisher =
          Thread.ofPlatform()
              .start(
                  () -> {
                    while (!stop.get()) {
                      if (app.node
                              .publish("n/x", Payload.of(List.of(0, published.get())))
                              .join()
                              .queued()
                          == 2) {
                        published.incrementAndGet();
                      }
                      LockSupport.parkNanos(100_000);
                    }
                  });
      RunarException error =
          catchThrowableOfType(
              RunarException.class, () -> ScriptNode.value(app.node.reload(app.path("app.ts"))));
      assertThat(error).hasMessageContaining("late no");
      stop.set(true);
      await().until(() -> !publisher.isAlive());

      allIsAccountedFor(app);
      assertThat(app.call("s/version")).isEqualTo(0);
      for (String handler : List.of("service", "loose")) {
        assertThat(of(app, handler, 0))
            .isEqualTo(IntStream.range(0, published.get()).boxed().toList());
      }
    }
  }

  @Test
  void servicesComeAndGoWithTheNewVersion() {
    String two =
        "import { Node } from 'runar-ts'; const node = new Node();"
            + "await node.addService({ name: 'a', path: 'a', actions: { x: () => 1 } });"
            + "await node.addService({ name: 'b', path: 'b', actions: { x: () => 2 } });";
    try (ScriptNode app = ScriptNode.start(folder, two)) {
      reload(app, two.replace("path: 'b'", "path: 'c'"));

      assertThat(app.call("a/x")).isEqualTo(1);
      assertThat(app.call("c/x")).isEqualTo(2);
      RunarException gone = catchThrowableOfType(RunarException.class, () -> app.call("b/x"));
      assertThat(gone.code()).isEqualTo(Code.NOT_FOUND);
      assertThat(stateEvents(app)).contains("b STOPPED", "c RUNNING");
    }
  }

  private static List<String> stateEvents(ScriptNode app) {
    var seen = new ConcurrentLinkedQueue<String>();
    var _ =
        app.node.subscribe(
            "$registry/services/*/state/*",
            (event, context) -> {
              Map<String, Object> change = ScriptNode.map(event.payload().value());
              seen.add(change.get("path") + " " + change.get("state"));
            },
            new SubscribeOptions(true));
    await().until(() -> seen.contains("c RUNNING"));
    return List.copyOf(seen);
  }

  @Test
  void theOldVersionStopsAfterItsCallsAndItsIntervalsEnd() {
    String script =
        """
        import { Node } from "runar-ts";
        const node = new Node();
        await node.addService({
          name: "s", path: "s",
          actions: { slow: () => new Promise((r) => setTimeout(() => r(%1$d), 300)) },
          stop: (ctx) => ctx.publish("log/stopped", %1$d),
        });
        await node.start();
        setInterval(() => node.publish("log/tick", %1$d), 5);
        """;
    try (ScriptNode app = ScriptNode.start(folder, script.formatted(1))) {
      var stopped = new ConcurrentLinkedQueue<Object>();
      var ticks = new ConcurrentLinkedQueue<Object>();
      app.node.subscribe("log/stopped", (event, context) -> stopped.add(event.payload().value()));
      app.node.subscribe("log/tick", (event, context) -> ticks.add(event.payload().value()));
      var slow = app.node.request("s/slow", Payload.of(null));
      await().until(() -> ticks.contains(1));
      reload(app, script.formatted(2));
      await().until(() -> ticks.contains(2));
      ticks.clear();
      assertThat(ScriptNode.value(slow).value()).isEqualTo(1);
      await().until(() -> stopped.contains(1));
      assertThat(ticks).doesNotContain(1);
      assertThat(stopped).containsExactly(1);
    }
  }

  @Test
  void ofSeveralReloadsTheNewestWins() {
    try (ScriptNode app = ScriptNode.start(folder, counter(0))) {
      var all = new ArrayList<CompletableFuture<Reload>>();
      for (int version = 1; version <= 10; version++) {
        app.file("app.ts", counter(version));
        all.add(app.node.reload(app.path("app.ts")));
      }
      all.forEach(ScriptNode::value);
      assertThat(app.call("s/version")).isEqualTo(10);
    }
  }

  @Test
  void aScriptThatDiesAfterwardsComesBackInItsNewVersion() {
    String mortal = counter(2).replace("version: ()", "die: () => { for (;;); }, version: ()");
    NodeConfig config =
        ScriptNode.CONFIG.withLimits(Limits.DEFAULT.withTurnBudget(Duration.ofMillis(200)));
    try (ScriptNode app = ScriptNode.start(folder, config, counter(1))) {
      reload(app, mortal);
      var _ = app.node.request("s/die", Payload.of(null));
      await().until(() -> app.context().get("restarts").equals(1L));
      assertThat(app.call("s/version")).isEqualTo(2);
    }
  }

  @Test
  void whenBothVersionsFailTheNextOneStillTakesOver() {
    String stuck = counter(1).replace("version: ()", "spin: () => { for (;;); }, version: ()");
    NodeConfig config =
        ScriptNode.CONFIG.withLimits(Limits.DEFAULT.withTurnBudget(Duration.ofMillis(800)));
    try (ScriptNode app = ScriptNode.start(folder, config, stuck)) {
      var _ = app.node.request("s/spin", Payload.of(null));
      app.file(
          "app.ts",
          counter(2).replace("state: {", "start() { throw new Error('no start'); }, state: {"));
      assertThat(app.node.reload(folder.resolve("app.ts"))).failsWithin(Duration.ofSeconds(20));
      app.file("app.ts", counter(3));
      await()
          .atMost(Duration.ofSeconds(30))
          .ignoreExceptions()
          .until(
              () -> {
                ScriptNode.value(app.node.reload(folder.resolve("app.ts")));
                return app.call("s/version").equals(3);
              });
      assertThat(app.context()).containsEntry("state", "RUNNING");
    }
  }

  @Test
  void aScriptThatIsAwayIsReplacedToo() {
    String broken = counter(1).replace("version: ()", "die: () => { for (;;); }, version: ()");
    NodeConfig config =
        ScriptNode.CONFIG
            .withLimits(Limits.DEFAULT.withTurnBudget(Duration.ofMillis(200)))
            .withSupervision(Supervision.DEFAULT.withDeaths(1).withBackOff(Duration.ofHours(1)));
    try (ScriptNode app = ScriptNode.start(folder, config, broken)) {
      var _ = app.node.request("s/die", Payload.of(null));
      await().until(() -> app.context().get("state").equals("AWAY"));
      reload(app, counter(2));
      assertThat(app.call("s/version")).isEqualTo(2);
      assertThat(app.context()).containsEntry("state", "RUNNING");
    }
  }

  @Test
  void anOldVersionThatDiesWhileItMakesWayLosesOnlyWhatItWasBusyWith() {
    String stuck = counter(1).replace("version: ()", "spin: () => { for (;;); }, version: ()");
    NodeConfig config =
        ScriptNode.CONFIG.withLimits(Limits.DEFAULT.withTurnBudget(Duration.ofMillis(1_500)));
    try (ScriptNode app = ScriptNode.start(folder, config, stuck)) {
      var spin = app.node.request("s/spin", Payload.of(null));
      var waiting =
          IntStream.range(0, 50)
              .mapToObj(i -> app.node.request("s/version", Payload.of(null)))
              .toList();
      reload(app, counter(2));
      RunarException error =
          catchThrowableOfType(RunarException.class, () -> ScriptNode.value(spin));
      assertThat(error.code()).isEqualTo(Code.TIMEOUT);
      assertThat(waiting)
          .allSatisfy(call -> assertThat(ScriptNode.value(call).value()).isEqualTo(2));
      assertThat(app.call("s/version")).isEqualTo(2);
    }
  }

  @Test
  void aNodeThatStopsMeanwhileTellsEverybody() {
    try (ScriptNode app = ScriptNode.start(folder, BRIEF, counter(1))) {
      app.file(
          "app.ts",
          counter(2)
              .replace(
                  "actions: {",
                  "async start() { await node.publish('log/starting'); await new Promise(() => {});"
                      + " }, actions: {"));
      var starting = app.node.on("log/starting", Duration.ofSeconds(10), SubscribeOptions.DEFAULT);
      var reload = app.node.reload(app.path("app.ts"));
      ScriptNode.value(starting);
      var held = app.node.request("s/version", Payload.of(null));
      app.node.stop().join();
      assertThat(catchThrowableOfType(RunarException.class, () -> ScriptNode.value(held)))
          .isNotNull();
      assertThat(catchThrowableOfType(RunarException.class, () -> ScriptNode.value(reload)))
          .isNotNull();
      assertThat(app.node.state()).isEqualTo(Node.State.STOPPED);
    }
  }

  @Test
  void aRetainedEventThatWaitsDoesNotComeTwice() {
    String script =
        """
        import { Node } from "runar-ts";
        const node = new Node();
        let seen: unknown[] = [];
        await node.addService({
          name: "s", path: "s",
          actions: {
            busy(ms: number) { const end = Date.now() + ms; while (Date.now() < end); },
            seen: () => seen,
          },
        });
        await node.start();
        await node.subscribe("r/x", (n) => { seen.push(n); }, { includePast: true });
        // %d
        """;
    PublishOptions retained = PublishOptions.DEFAULT.withRetainFor(Duration.ofMinutes(1));
    try (ScriptNode app = ScriptNode.start(folder, script.formatted(1))) {
      app.node.publish("r/x", Payload.of(1), retained).join();
      await().untilAsserted(() -> assertThat(app.json("s/seen")).isEqualTo("[1]"));
      failedReload(
          app,
          script.formatted(2).replace("actions", "start() { throw new Error('no') }, actions"));
      assertThat(app.json("s/seen")).isEqualTo("[1]");
      app.file("app.ts", script.formatted(2));
      var busy = app.node.request("s/busy", Payload.of(2_000));
      app.node.publish("r/x", Payload.of(2), retained).join();
      app.node.publish("r/x", Payload.of(3)).join();
      Reload reload = ScriptNode.value(app.node.reload(app.path("app.ts")));
      assertThat(reload.callbacks()).isGreaterThanOrEqualTo(2);
      ScriptNode.value(busy);
      app.node.publish("r/x", Payload.of(4)).join();
      await().untilAsserted(() -> assertThat(app.json("s/seen")).isEqualTo("[2,3,1,4]"));
      allIsAccountedFor(app);
    }
  }

  @Test
  void aScriptThatIsNotThereCannotBeReloaded() {
    try (ScriptNode app = ScriptNode.start(folder, counter(1))) {
      RunarException error =
          catchThrowableOfType(
              RunarException.class, () -> ScriptNode.value(app.node.reload(app.path("other.ts"))));
      assertThat(error.code()).isEqualTo(Code.NOT_FOUND);
    }
  }

  @Test
  void theFilesOfAScriptAreThoseThatItHasRead() {
    try (ScriptNode app =
        ScriptNode.create(folder, ScriptNode.CONFIG)
            .file(
                "lib/part.ts",
                "import d from '../d.json' with { type: 'json' }; export const x = d;")
            .file("d.json", "{}")
            .add("app.ts", "import { x } from './lib/part'; x;")) {
      assertThat(app.node.filesOf(app.path("app.ts")))
          .contains(app.path("app.ts"), app.path("lib/part.ts"), app.path("d.json"));
    }
  }
}
