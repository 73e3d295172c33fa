package dev.runar.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The rows S0-1 to S0-10: a handler set in a script is called for every event of every client. */
@Timeout(60)
class SocketCallbackTest {
  @TempDir Path folder;

  @Test
  void s01_s02_everyOpenMessageAndCloseArrivesOnceInOrderWithItsArguments() throws Exception {
    int clients = 24;
    int messages = 40;
    try (ScriptNode app = ScriptNode.start(folder, CallRecorder.SCRIPT);
        var threads = Executors.newFixedThreadPool(clients)) {
      var begin = new CountDownLatch(1);
      var done = new ArrayList<java.util.concurrent.Future<?>>();
      for (int c = 0; c < clients; c++) {
        int number = c;
        done.add(
            threads.submit(
                () -> {
                  begin.await();
                  Client client = app.connect("/live?client=" + number);
                  for (int m = 0; m < messages; m++) {
                    client.send("{\"n\":" + m + "}");
                  }
                  client.close(4000 + number, "bye");
                  return null;
                }));
      }
      begin.countDown();
      for (var each : done) {
        each.get();
      }
      for (int c = 0; c < clients; c++) {
        var expected = new ArrayList<String>();
        expected.add("open(object) /live");
        for (int m = 0; m < messages; m++) {
          expected.add("message(object,string) {\"n\":" + m + "}");
        }
        expected.add("close(object,number,string) " + (4000 + c) + " bye");
        String key = String.valueOf(c);
        await().until(() -> CallRecorder.size(app, key) >= expected.size());
        assertThat(CallRecorder.calls(app, key)).isEqualTo(expected);
      }
    }
  }

  @Test
  void s02_aBinaryMessageArrivesAsBytesAndALostConnectionAs1006() {
    try (ScriptNode app =
        ScriptNode.start(
            folder,
            """
            import { Node } from "runar-ts";
            const node = new Node();
            const seen: string[] = [];
            node.addService({
              name: "live", path: "live",
              actions: { seen: () => seen },
              sockets: {
                "/live": {
                  message(session, data) {
                    seen.push(`${data instanceof Uint8Array} ${Array.from(data as Uint8Array)}`);
                  },
                  close(_, code) { seen.push(`close ${code}`); },
                },
              },
            });
            """)) {
      Client client = app.connect("/live").send(new byte[] {0, 1, (byte) 255});
      client.send(new byte[0]);
      await().until(() -> ((List<?>) app.call("live/seen")).size() == 2);
      client.close();
      await().until(() -> ((List<?>) app.call("live/seen")).size() == 3);
      assertThat(app.call("live/seen")).isEqualTo(List.of("true 0,1,255", "true ", "close 1006"));
    }
  }

  @Test
  void s03_handlersRunOnTheOneOwnerThread() throws Exception {
    try (ScriptNode app =
            ScriptNode.start(
                folder,
                """
                import { Node } from "runar-ts";
                const node = new Node();
                let count = 0;
                node.addService({
                  name: "live", path: "live",
                  actions: { count: () => count },
                  sockets: {
                    "/live": {
                      message() {
                        const until = Date.now() + 5;
                        while (Date.now() < until);
                        count++;
                      },
                    },
                  },
                });
                """);
        var threads = Executors.newFixedThreadPool(8)) {
      for (int c = 0; c < 8; c++) {
        threads.submit(
            () -> {
              Client client = app.connect("/live");
              IntStream.range(0, 20).forEach(m -> client.send("x"));
            });
      }
      Set<String> owners = ConcurrentHashMap.newKeySet();
      await()
          .pollInSameThread()
          .until(
              () -> {
                owners.addAll(threadsInASocketHandler());
                return app.call("live/count").equals(160);
              });
      assertThat(owners).containsExactly("runar-script-app.ts#1");
    }
  }

  private static List<String> threadsInASocketHandler() {
    return Thread.getAllStackTraces().entrySet().stream()
        .filter(
            entry ->
                java.util.Arrays.stream(entry.getValue())
                    .anyMatch(frame -> frame.getClassName().contains("ScriptSockets$Turn")))
        .map(entry -> entry.getKey().getName())
        .toList();
  }

  @Test
  void s05_aThrowingHandlerIsReportedAndTheNextEventArrives() {
    try (ScriptNode app =
        ScriptNode.start(
            folder,
            """
            import { Node } from "runar-ts";
            const node = new Node();
            node.addService({
              name: "live", path: "live",
              sockets: {
                "/live": {
                  open() { throw new RangeError("cannot open"); },
                  async message(session, data) {
                    if (data === "bad") throw new TypeError("cannot take " + data);
                    session.send("took " + data);
                  },
                  close() { throw 42; },
                },
              },
            });
            """)) {
      Client client = app.connect("/live").send("bad").send("good");
      assertThat(client.next()).isEqualTo("took good");
      client.close(1000, "");
      await().until(() -> ScriptNode.number(app.context(), "failed") == 3);
      assertThat(app.logged(" failed: ")).hasSize(3);
      assertThat(app.logged("RangeError: cannot open").get(0))
          .contains("socket /live open failed", "app.ts:7:");
      assertThat(app.logged("TypeError: cannot take bad").get(0))
          .contains("socket /live message failed", "app.ts:9:");
      assertThat(app.logged("threw 42")).hasSize(1);
      assertThat(app.connect("/live").send("again").next()).isEqualTo("took again");
    }
  }

  @Test
  void s06_aHandlerIsReplacedAndRemovedAtRunTime() {
    try (ScriptNode app =
        ScriptNode.start(
            folder,
            """
            import { Node } from "runar-ts";
            const node = new Node();
            const echo = (prefix: string) => ({
              name: "echo", path: "echo",
              sockets: {
                "/echo": { message: (session: any, data: any) => { session.send(prefix + data); } },
              },
            });
            node.addService({
              name: "admin", path: "admin",
              actions: {
                async replace() {
                  await node.removeService("echo");
                  await node.addService(echo("new "));
                },
                remove: () => node.removeService("echo"),
              },
            });
            node.addService(echo("old "));
            """)) {
      assertThat(app.connect("/echo").send("a").next()).isEqualTo("old a");
      app.call("admin/replace");
      assertThat(app.connect("/echo").send("b").next()).isEqualTo("new b");
      app.call("admin/remove");
      assertThatThrownBy(() -> app.connect("/echo")).hasMessageContaining("WebSocketHandshake");
    }
  }

  @Test
  void s06_anEventHandlerIsReplacedAndRemovedAtRunTime() {
    try (ScriptNode app =
        ScriptNode.start(
            folder,
            """
            import { Node } from "runar-ts";
            const node = new Node();
            const seen: string[] = [];
            let id = await node.subscribe("t/x", (p) => { seen.push("old " + p); });
            node.addService({
              name: "admin", path: "admin",
              actions: {
                seen: () => seen,
                async replace() {
                  const had = await node.unsubscribe(id);
                  id = await node.subscribe("t/x", (p) => { seen.push("new " + p); });
                  return had;
                },
                remove: () => node.unsubscribe(id),
              },
            });
            """)) {
      assertThat(app.publish("t/x", 1).matched()).isEqualTo(1);
      assertThat(app.call("admin/replace")).isEqualTo(true);
      assertThat(app.publish("t/x", 2).matched()).isEqualTo(1);
      assertThat(app.call("admin/remove")).isEqualTo(true);
      assertThat(app.call("admin/remove")).isEqualTo(false);
      assertThat(app.publish("t/x", 3).matched()).isZero();
      assertThat(app.call("admin/seen")).isEqualTo(List.of("old 1", "new 2"));
    }
  }

  @Test
  void s07_sendToOneToAGroupAndStopClosesAllWith1001() {
    try (ScriptNode app =
        ScriptNode.start(
            folder,
            """
            import { Node } from "runar-ts";
            const node = new Node();
            node.addService({
              name: "room", path: "room",
              actions: {
                tell: (id: string, text: string) => node.broker.send(id, text),
                all: (group: string, text: string) => node.broker.group(group).send({ text }),
              },
              sockets: {
                "/room": {
                  open(session) {
                    session.join(session.query.group);
                    session.send(session.id);
                  },
                  message(session, data) {
                    session.leave(data as string);
                    session.send("left");
                  },
                },
              },
            });
            """)) {
      Client ann = app.connect("/room?group=red");
      Client ben = app.connect("/room?group=red");
      Client cem = app.connect("/room?group=blue");
      String annId = ann.next();
      String benId = ben.next();
      String cemId = cem.next();
      assertThat(Set.of(annId, benId, cemId)).hasSize(3);

      assertThat(app.call("room/tell", List.of(benId, "only ben"))).isEqualTo("QUEUED");
      assertThat(ben.next()).isEqualTo("only ben");
      assertThat(app.call("room/tell", List.of("nobody", "x"))).isEqualTo("CLOSED");

      assertThat(app.call("room/all", List.of("red", "hello red"))).isEqualTo(2);
      assertThat(ann.next()).isEqualTo("{\"text\":\"hello red\"}");
      assertThat(ben.next()).isEqualTo("{\"text\":\"hello red\"}");
      assertThat(ann.send("red").next()).isEqualTo("left");
      assertThat(app.call("room/all", List.of("red", "again"))).isEqualTo(1);
      assertThat(app.call("room/all", List.of("green", "nobody"))).isEqualTo(0);

      app.node.stop().join();
      for (Client client : List.of(ann, ben, cem)) {
        assertThat(client.closed()).startsWith("1001");
      }
      assertThat(cem.received).isEmpty();
      assertThatThrownBy(() -> Client.connect(app.uri("/room")))
          .isInstanceOf(RuntimeException.class);
    }
  }

  @Test
  void s09_theCountersAddUp() {
    try (ScriptNode app = ScriptNode.start(folder, CallRecorder.SCRIPT)) {
      Client client = app.connect("/live?client=a");
      for (int i = 0; i < 100; i++) {
        client.send(String.valueOf(i));
      }
      client.close(1000, "");
      await().until(() -> CallRecorder.size(app, "a") == 102);
      Map<String, Object> port = ScriptNode.map(app.status().get("port"));
      assertThat(ScriptNode.number(port, "sessionsOpened")).isEqualTo(1);
      assertThat(ScriptNode.number(port, "messagesIn")).isEqualTo(100);
      assertThat(ScriptNode.number(app.context(), "waiting")).isZero();
      assertThat(ScriptNode.number(app.context(), "refusedFull")).isZero();
      assertThat(ScriptNode.number(app.context(), "pending")).isZero();
      assertThat(ScriptNode.number(app.context(), "failed")).isZero();
    }
  }

  @Test
  void s10_thereIsNoFallbackPath() {
    try (ScriptNode app = ScriptNode.create(folder, ScriptNode.CONFIG)) {
      assertThatThrownBy(
              () ->
                  app.add(
                      "app.ts",
                      """
                      import { Node } from "runar-ts";
                      const node = new Node();
                      await node.addService({
                        name: "live", path: "live", sockets: { "/live": { open() {} } },
                      } as never);
                      """))
          .hasMessageContaining("service live: socket /live: message is not a function");
      app.node.start().join();
      // Without a handler nobody answers in its place.
      assertThatThrownBy(() -> app.connect("/live")).hasMessageContaining("WebSocketHandshake");
      assertThat(app.status().get("contexts")).isEqualTo(List.of());
    }
  }
}
