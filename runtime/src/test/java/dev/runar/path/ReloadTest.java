package dev.runar.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.runar.NodeConfig;
import dev.runar.Payload;
import dev.runar.PublishOptions;
import dev.runar.Reload;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.SubscribeOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A script is loaded anew while it works: nothing is lost, nothing comes twice or out of order. */
@Timeout(180)
class ReloadTest extends ReloadFixture {
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
    NodeConfig patient = ScriptNode.CONFIG.withDrainTimeout(Duration.ofSeconds(20));
    try (ScriptNode app = ScriptNode.start(folder, patient, counter(1))) {
      CountDownLatch gate = gate(app);
      var held = app.node.request("s/held", Payload.of(null));
      app.call("s/version"); // it has begun
      reload(app, counter(2));
      assertThat(app.call("s/version")).isEqualTo(2);
      assertThat(held).isNotDone();
      gate.countDown();
      assertThat(ScriptNode.value(held).value()).isEqualTo(1);
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
      var busy = app.node.request("s/busy", Payload.of(5_000));
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
