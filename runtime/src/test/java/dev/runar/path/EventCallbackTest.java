package dev.runar.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.runar.Payload;
import dev.runar.PublishOptions;
import dev.runar.PublishReceipt;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The callback contract of events: every one, once, in order, with exactly two arguments. */
@Timeout(60)
class EventCallbackTest {
  @TempDir Path folder;

  @Test
  void s02_anEventHandlerGetsExactlyTwoArgumentsWhoeverPublishes() {
    try (ScriptNode app =
        ScriptNode.start(
            folder,
            """
            import { Node } from "runar-ts";
            const node = new Node();
            const seen: string[] = [];
            function record(this: unknown) {
              const [payload, ctx] = arguments;
              seen.push(`${arguments.length} ${typeof payload} ${JSON.stringify(payload)} ${ctx.topic}`);
            }
            await node.subscribe("t/>", record);
            await node.addService({
              name: "own", path: "own",
              actions: { seen: () => seen.splice(0) },
              events: { tick: record },
            });
            """)) {
      app.add(
          "second.ts",
          """
          import { Node } from "runar-ts";
          const node = new Node();
          await node.addService({
            name: "second", path: "second",
            actions: { say: (topic: string) => node.publish(topic, { from: "script" }) },
          });
          """);
      app.publish("t/java", Map.of("from", "java"));
      app.publish("own/tick", List.of(1, 2));
      app.call("second/say", "t/script");
      Client client = app.connect("/topics");
      client.send("{\"publish\":\"t/client\",\"data\":{\"from\":\"client\"},\"id\":1}");
      assertThat(client.next()).contains("\"queued\":1");
      await().until(() -> app.ledger().get("waiting").equals(0L));
      assertThat(app.call("own/seen"))
          .isEqualTo(
              List.of(
                  "2 object {\"from\":\"java\"} t/java",
                  "2 object [1,2] own/tick",
                  "2 object {\"from\":\"script\"} t/script",
                  "2 object {\"from\":\"client\"} t/client"));
    }
  }

  @Test
  void whatATurnPublishesReachesClientsBeforeTheTurnEnds() {
    try (ScriptNode app =
        ScriptNode.start(
            folder,
            """
            import { Node } from "runar-ts";
            const node = new Node();
            await node.addService({
              name: "own", path: "own",
              actions: {
                spin(ms: number) {
                  node.publish("t/out", "early");
                  const end = Date.now() + ms;
                  while (Date.now() < end);
                  return "late";
                },
              },
            });
            """)) {
      Client client = app.connect("/topics");
      client.send("{\"subscribe\":\"t/out\",\"id\":1}");
      client.next();
      var call = app.node.request("own/spin", Payload.of(1_500));

      assertThat(client.next()).contains("early");
      assertThat(call).isNotDone();
      assertThat(call.join().value()).isEqualTo("late");
    }
  }

  @Test
  void s02_aPayloadOfNothingIsNullAndNeverUndefined() {
    try (ScriptNode app =
        ScriptNode.start(
            folder,
            """
            import { Node } from "runar-ts";
            const node = new Node();
            const seen: string[] = [];
            await node.subscribe("t/x", (...args) => {
              seen.push(`${args.length} ${args[0] === null ? "null" : typeof args[0]} ${args[0]}`);
            });
            await node.addService({
              name: "own", path: "own",
              actions: {
                seen: () => seen,
                async say() {
                  await node.publish("t/x");
                  await node.publish("t/x", undefined);
                  await node.publish("t/x", null);
                  await node.publish("t/x", 0);
                  await node.publish("t/x", "");
                  await node.publish("t/x", false, { ack: "handled" });
                },
              },
            });
            """)) {
      app.publish("t/x", null);
      Client client = app.connect("/topics").send("{\"publish\":\"t/x\",\"data\":null,\"id\":1}");
      assertThat(client.next()).contains("published");
      app.call("own/say");
      assertThat(app.call("own/seen"))
          .isEqualTo(
              List.of(
                  "2 null null",
                  "2 null null",
                  "2 null null",
                  "2 null null",
                  "2 null null",
                  "2 number 0",
                  "2 string ",
                  "2 boolean false"));
    }
  }

  /** Four from Java, two clients, two scripts: 8 publishers at once. */
  @Test
  void theOrderOfEachPublisherIsKept() throws Exception {
    int each = 300;
    try (ScriptNode app =
            ScriptNode.start(
                folder,
                """
                import { Node } from "runar-ts";
                const node = new Node();
                const seen: Record<string, number[]> = {};
                await node.subscribe("order/*", ({ by, n }) => { (seen[by] ??= []).push(n); });
                await node.addService({
                  name: "first", path: "first",
                  actions: {
                    seen: () => seen,
                    say(by: string, count: number) {
                      for (let n = 0; n < count; n++) void node.publish("order/x", { by, n });
                    },
                  },
                });
                """);
        var threads = Executors.newFixedThreadPool(8)) {
      app.add(
          "second.ts",
          """
          import { Node } from "runar-ts";
          const node = new Node();
          await node.addService({
            name: "second", path: "second",
            actions: {
              async say(by: string, count: number) {
                for (let n = 0; n < count; n++) await node.publish("order/x", { by, n });
              },
            },
          });
          """);
      var work = new ArrayList<Future<?>>();
      for (int j = 0; j < 4; j++) {
        String by = "java" + j;
        work.add(
            threads.submit(
                () -> {
                  for (int n = 0; n < each; n++) {
                    app.publish("order/x", Map.of("by", by, "n", n));
                  }
                }));
      }
      for (int c = 0; c < 2; c++) {
        String by = "client" + c;
        work.add(
            threads.submit(
                () -> {
                  Client client = app.connect("/topics");
                  for (int n = 0; n < each; n++) {
                    client.send(
                        "{\"publish\":\"order/x\",\"data\":{\"by\":\"%s\",\"n\":%d}}"
                            .formatted(by, n));
                  }
                }));
      }
      work.add(threads.submit(() -> app.call("first/say", List.of("script0", each))));
      work.add(threads.submit(() -> app.call("second/say", List.of("script1", each))));
      for (Future<?> one : work) {
        one.get();
      }
      await().until(() -> ((Number) app.ledger().get("handled")).longValue() >= 8L * each);
      var expected = IntStream.range(0, each).boxed().toList();
      Map<String, Object> seen = ScriptNode.map(app.call("first/seen"));
      assertThat(seen).hasSize(8).allSatisfy((by, ns) -> assertThat(ns).isEqualTo(expected));
    }
  }

  @Test
  void theLedgerAddsUpAfterAMixOfWork() throws Exception {
    try (ScriptNode app =
            ScriptNode.start(
                folder,
                """
                import { Node } from "runar-ts";
                const node = new Node();
                let calls = 0;
                await node.subscribe("mix/>", async (n) => { await null; calls++; });
                await node.subscribe("mix/a", (n) => {
                  calls++;
                  if (n % 3 === 0) throw new Error("every third");
                });
                await node.subscribe("mix/*", async (n) => {
                  calls++;
                  await new Promise((resolve) => setTimeout(resolve, 1));
                  if (n % 5 === 0) throw new Error("every fifth, late");
                });
                await node.addService({ name: "own", path: "own", actions: { calls: () => calls } });
                """);
        var threads = Executors.newFixedThreadPool(8)) {
      app.node.subscribe(
          "mix/b",
          (event, context) -> {
            if ((Integer) event.payload().value() % 7 == 0) {
              throw new IllegalStateException("every seventh");
            }
          });
      var receipts = new ArrayList<Future<List<PublishReceipt>>>();
      for (int t = 0; t < 8; t++) {
        var random = new Random(t);
        receipts.add(
            threads.submit(
                () ->
                    IntStream.range(0, 150)
                        .mapToObj(
                            i -> {
                              String topic =
                                  List.of("mix/a", "mix/b", "mix/c/d").get(random.nextInt(3));
                              int n = random.nextInt(100);
                              return random.nextBoolean()
                                  ? app.publish(topic, n)
                                  : ScriptNode.value(
                                      app.node.publish(
                                          topic,
                                          Payload.of(n),
                                          PublishOptions.DEFAULT.withAck(
                                              PublishOptions.Ack.HANDLED)));
                            })
                        .toList()));
      }
      long matched = 0;
      for (var some : receipts) {
        for (PublishReceipt receipt : some.get()) {
          assertThat(receipt.matched()).isEqualTo(receipt.queued() + receipt.refused());
          matched += receipt.matched();
        }
      }
      await().until(() -> app.ledger().get("waiting").equals(0L));
      Map<String, Object> ledger = app.ledger();
      assertThat(ScriptNode.number(ledger, "matched")).isEqualTo(matched);
      assertThat(ScriptNode.number(ledger, "matched"))
          .isEqualTo(ScriptNode.number(ledger, "queued") + ScriptNode.number(ledger, "refused"));
      assertThat(ScriptNode.number(ledger, "queued"))
          .isEqualTo(ScriptNode.number(ledger, "handled") + ScriptNode.number(ledger, "failed"));
      assertThat(ScriptNode.number(ledger, "failed")).isPositive();
      assertThat(ScriptNode.number(app.context(), "pending")).isZero();
    }
  }

  @Test
  void s05_whateverAHandlerThrowsIsReportedAndTheNextEventArrives() {
    try (ScriptNode app =
        ScriptNode.start(
            folder,
            """
            import { Node } from "runar-ts";
            const node = new Node();
            const seen: unknown[] = [];
            const hostile = new Proxy({}, {
              get() { throw new Error("trap"); },
              getPrototypeOf() { throw new Error("trap"); },
              getOwnPropertyDescriptor() { throw new Error("trap"); },
              has() { throw new Error("trap"); },
              ownKeys() { throw new Error("trap"); },
            });
            const revoked = Proxy.revocable({}, {});
            revoked.revoke();
            const loud = new Error("loud");
            Object.defineProperty(loud, "message", { get() { throw new Error("from message"); } });
            Object.defineProperty(loud, "stack", { get() { throw new Error("from stack"); } });
            const cyclic: any = new Error("cyclic");
            cyclic.cause = cyclic;
            const thrown: unknown[] = [
              42, undefined, null, "text", Symbol("s"), 10n, NaN, {}, [], () => 1, hostile,
              revoked.proxy, loud, cyclic, Object.create(null), Promise.resolve(1),
              { toString() { throw 1; } }, { then: 1 },
            ];
            await node.subscribe("bad/sync", (n: number) => {
              seen.push(n);
              if (n < thrown.length) throw thrown[n];
            });
            await node.subscribe("bad/late", async (n: number) => {
              if (n < thrown.length) throw thrown[n];
            });
            await node.addService({
              name: "own", path: "own",
              actions: {
                count: () => thrown.length,
                seen: () => seen,
                fail: (n: number) => { throw thrown[n]; },
              },
            });
            """)) {
      int count = (Integer) app.call("own/count");
      for (int n = 0; n <= count; n++) {
        PublishReceipt sync = acked(app, "bad/sync", n);
        PublishReceipt late = acked(app, "bad/late", n);
        boolean throwing = n < count;
        assertThat(List.of(sync.failed(), late.failed()))
            .as("thrown value " + n)
            .isEqualTo(throwing ? List.of(1, 1) : List.of(0, 0));
        if (throwing) {
          int number = n;
          assertThat(
                  org.assertj.core.api.Assertions.catchThrowable(
                      () -> app.call("own/fail", number)))
              .isInstanceOfSatisfying(
                  RunarException.class, e -> assertThat(e.code()).isEqualTo(Code.HANDLER_FAILED));
        }
      }
      assertThat(app.call("own/seen")).isEqualTo(IntStream.rangeClosed(0, count).boxed().toList());
      assertThat(ScriptNode.number(app.context(), "failed")).isEqualTo(2L * count);
      assertThat(app.logged(" failed: ")).hasSize(2 * count);
      assertThat(ScriptNode.number(app.context(), "uncaught")).isZero();
    }
  }

  private static PublishReceipt acked(ScriptNode app, String topic, Object payload) {
    return ScriptNode.value(
        app.node.publish(
            topic,
            Payload.of(payload),
            PublishOptions.DEFAULT.withAck(PublishOptions.Ack.HANDLED)));
  }

  /** The second handler waits while the first one turns the shared payload into text. */
  @Test
  void anEventForSeveralHandlersLeavesNothingInTheQueue() {
    String script =
        "import { Node } from 'runar-ts'; const node = new Node(); await node.start();"
            + "for (let i = 0; i < 3; i++) await node.subscribe('a/b', () => {});";
    try (ScriptNode app = ScriptNode.start(folder, script)) {
      for (int i = 0; i < 100; i++) {
        app.node.publish("a/b", Payload.of(List.of(i, "text"))).join();
      }
      await().untilAsserted(() -> assertThat(app.context()).containsEntry("waiting", 0));
      assertThat(app.context()).containsEntry("waitingBytes", 0L);
    }
  }
}
