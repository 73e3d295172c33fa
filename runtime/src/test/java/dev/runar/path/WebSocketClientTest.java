package dev.runar.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.runar.Payload;
import dev.runar.Permissions;
import dev.runar.RequestOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code WebSocket} of a script, against sockets of the same node. */
@Timeout(60)
class WebSocketClientTest {
  @TempDir Path folder;

  /** What an action answers; {@code url} is the node's, and {@code next} waits for an event. */
  private Object answer(String body, String... net) {
    try (ScriptNode app = start(body, net)) {
      return app.call("t/run", app.uri("").toString());
    }
  }

  private ScriptNode start(String body, String... net) {
    return ScriptNode.start(
        folder,
        ScriptNode.CONFIG.withPermissions(Permissions.NONE.withNet(net)),
        """
        import { Node } from "runar-ts";
        const node = new Node();
        const seen: unknown[] = [];
        const next = (socket: WebSocket, type: string) =>
          new Promise<any>((resolve) => socket.addEventListener(type, resolve, { once: true }));
        const thrown = (run: () => unknown) => {
          try { run(); return "nothing"; } catch (error) { return (error as Error).name; }
        };
        await node.addService({
          name: "t", path: "t",
          actions: {
            seen: () => seen,
            async run(url: string) {
        %s
            },
          },
          sockets: {
            "/echo": {
              message(session, data) {
                if (data === "end") session.close(4001, "as you say");
                else if (data === "big") session.send(new Uint8Array(17 * 1024 * 1024));
                else session.send(data);
              },
              close(session, code, reason) { seen.push([code, reason]); },
            },
          },
        });
        """
            .formatted(body));
  }

  @Test
  void textAndBytesGoThereAndBackInOrder() {
    assertThat(
            answer(
                """
                const socket = new WebSocket(url + "/echo");
                const states = [socket.readyState, thrown(() => socket.send("early"))];
                const open = await next(socket, "open");
                states.push(socket.readyState, open.isTrusted, socket.url === url + "/echo", socket.protocol, socket.extensions);
                const got: any[] = [];
                const all = new Promise<void>((resolve) => {
                  socket.onmessage = (event) => {
                    got.push(event.data);
                    if (got.length === 5) resolve();
                    if (got.length === 2) socket.binaryType = "arraybuffer";
                  };
                });
                socket.send("grün 𝌆 \\ud800");
                socket.send(new Blob(["blob"]));
                while (got.length < 2) await new Promise((resolve) => setTimeout(resolve, 1));
                socket.send(new Uint16Array([1, 2, 3]).subarray(1));
                socket.send(new Uint8Array([7]).buffer);
                socket.send({ toString: () => "object" } as unknown as string);
                const waiting = socket.bufferedAmount;
                await all;
                while (socket.bufferedAmount > 0) await new Promise((resolve) => setTimeout(resolve, 1));
                return JSON.stringify([
                  states, got[0], got[1] instanceof Blob && await got[1].text(),
                  [...new Uint16Array(got[2])], [...new Uint8Array(got[3])], got[4], waiting,
                ]);
                """,
                "*"))
        .isEqualTo(
            "[[0,\"InvalidStateError\",1,true,true,\"\",\"\"],\"grün 𝌆 \ufffd\",\"blob\","
                + "[2,3],[7],\"object\",11]");
  }

  @Test
  void aCloseSaysItsCodeOnBothEnds() {
    try (ScriptNode app =
        start(
            """
            const shown = ({ code, reason, wasClean }: CloseEvent) => `${code} ${reason} ${wasClean}`;
            const ends: unknown[] = [];
            const opened = async () => {
              const socket = new WebSocket(url.replace("ws:", "http:") + "/echo");
              await next(socket, "open");
              return socket;
            };
            const bySelf = await opened();
            const refused = [
              thrown(() => bySelf.close(1001)), thrown(() => bySelf.close(5000)),
              thrown(() => bySelf.close(1000, "x".repeat(124))),
            ];
            bySelf.close(4321, "bye");
            ends.push(bySelf.readyState, shown(await next(bySelf, "close")), bySelf.readyState);
            bySelf.send("into the void");
            ends.push(bySelf.bufferedAmount);
            const byPeer = await opened();
            byPeer.send("end");
            ends.push(shown(await next(byPeer, "close")));
            const bare = await opened();
            bare.close();
            ends.push(shown(await next(bare, "close")));
            const early = new WebSocket(url + "/echo");
            const order: string[] = [];
            early.onerror = () => order.push("error");
            early.close();
            ends.push(early.readyState, shown(await next(early, "close")), order);
            return JSON.stringify([refused, ends]);
            """,
            "*")) {
      assertThat(app.call("t/run", app.uri("").toString()))
          .isEqualTo(
              "[[\"InvalidAccessError\",\"InvalidAccessError\",\"SyntaxError\"],"
                  + "[2,\"4321  true\",3,13,\"4001 as you say true\",\"1005  true\","
                  + "2,\"1006  false\",[\"error\"]]]");
      await()
          .untilAsserted(
              () ->
                  assertThat(String.valueOf(app.call("t/seen")))
                      .startsWith("[[4321, bye], [4001, as you say], [1000, ]"));
    }
  }

  @Test
  void whatIsNoAddressAndNoProtocolIsRefused() {
    assertThat(
            answer(
                """
                const made = (...given: any[]) => thrown(() => new (WebSocket as any)(...given));
                return JSON.stringify([
                  made(), made("no address"), made("ftp://h/"), made("ws://h/#x"), made("ws://h/", "a b"),
                  made("ws://h/", ["a", "A"]), made("ws://h/", [""]), made("ws://h:1/"),
                  WebSocket.OPEN, WebSocket.prototype.CLOSED, WebSocket.length, typeof WebSocket.prototype.close,
                ]);
                """,
                "elsewhere"))
        .isEqualTo(
            "[\"TypeError\",\"SyntaxError\",\"SyntaxError\",\"SyntaxError\",\"SyntaxError\","
                + "\"SyntaxError\",\"SyntaxError\",\"SecurityError\",1,3,1,\"function\"]");
  }

  @Test
  void aConnectionThatCannotBeMadeEndsWithAnErrorAndAClose() {
    assertThat(
            answer(
                """
                const heard: unknown[] = [];
                for (const address of ["ws://127.0.0.1:1/", url + "/nowhere"]) {
                  const socket = new WebSocket(address);
                  socket.onerror = (event: any) => heard.push(event.message.replace(/.*: /, ""));
                  const { code, wasClean } = await next(socket, "close");
                  heard.push(code, wasClean, socket.readyState);
                }
                return JSON.stringify(heard);
                """,
                "*"))
        .asString()
        .matches("\\[\"[^\"]+\",1006,false,3,\"[^\"]+\",1006,false,3]");
  }

  @Test
  void addressesThatTheClientCannotTakeHoldNoPlace() {
    assertThat(
            answer(
                """
                for (let i = 0; i < 1_001; i++) await next(new WebSocket("ws://a{b/"), "error");
                const socket = new WebSocket(url + "/echo?q={x|y}");
                await next(socket, "open");
                return "open";
                """,
                "*"))
        .isEqualTo("open");
  }

  @Test
  void aMessageThatIsTooBigEndsTheConnection() {
    assertThat(
            answer(
                """
                const socket = new WebSocket(url + "/echo");
                await next(socket, "open");
                const refused = thrown(() => socket.send(new Uint8Array(17 * 1024 * 1024)));
                socket.send("still open");
                const { data } = await next(socket, "message");
                socket.send("big");
                const { code, reason, wasClean } = await next(socket, "close");
                return JSON.stringify([refused, data, code, reason, wasClean]);
                """,
                "*"))
        .isEqualTo("[\"QuotaExceededError\",\"still open\",1009,\"a message is too big\",false]");
  }

  @Test
  void eventsOfTopicsAreHeard() {
    assertThat(
            answer(
                """
                const socket = new WebSocket(url + "/topics");
                await next(socket, "open");
                socket.send(JSON.stringify({ subscribe: "t/news" }));
                await next(socket, "message");
                await node.publish("t/news", { n: 1 });
                const event = JSON.parse((await next(socket, "message")).data);
                socket.close();
                return JSON.stringify([event.topic, event.data]);
                """,
                "*"))
        .isEqualTo("[\"t/news\",{\"n\":1}]");
  }

  @Test
  void manySmallMessagesAllArrive() {
    assertThat(
            answer(
                """
                const socket = new WebSocket(url + "/echo");
                await next(socket, "open");
                let count = 0;
                let inOrder = true;
                const all = new Promise<void>((resolve) => {
                  socket.onmessage = ({ data }) => {
                    inOrder &&= data === `m${count}`;
                    if (++count === 5000) resolve();
                  };
                });
                for (let i = 0; i < 5000; i++) socket.send(`m${i}`);
                await all;
                return `${count} ${inOrder}`;
                """,
                "*"))
        .isEqualTo("5000 true");
  }

  @Test
  void theEndOfAContextClosesItsSockets() {
    try (ScriptNode app = start("return [];", "*")) {
      app.add(
          "guest.ts",
          """
          import { Node } from "runar-ts";
          const node = new Node();
          await node.addService({
            name: "guest", path: "guest",
            actions: {
              async connect(url: string) {
                const socket = new WebSocket(url);
                await new Promise((resolve) => { socket.onopen = resolve; });
                return true;
              },
              spin() { for (;;); },
            },
          });
          """);
      assertThat(app.call("guest/connect", app.uri("/echo").toString())).isEqualTo(true);
      var _ =
          app.node.request(
              "guest/spin",
              Payload.of(Map.of()),
              RequestOptions.DEFAULT.withTimeout(Duration.ofMillis(1_000)));
      await()
          .untilAsserted(
              () ->
                  assertThat((List<?>) app.call("t/seen"))
                      .isEqualTo(List.of(List.of(1006, "the connection was lost"))));
    }
  }
}
