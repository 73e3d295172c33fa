package dev.runar.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.runar.Node;
import dev.runar.NodeConfig;
import dev.runar.Payload;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The life of a node: services that start and stop, versions, threads, several nodes. */
@Timeout(60)
class NodeLifeTest extends NodeFixture {
  @Test
  void servicesInitStartAndStopInOrder() {
    try (ScriptNode app = ScriptNode.create(folder, ScriptNode.CONFIG)) {
      var steps = new ConcurrentLinkedQueue<String>();
      app.node.subscribe("step/x", (event, context) -> steps.add(event.payload().asString()));
      app.add(
          "app.ts",
          """
          import { Node } from "runar-ts";
          const node = new Node();
          const service = (path: string) => ({
            name: path, path,
            async init(ctx: any) { await ctx.publish("step/x", `init ${ctx.servicePath}`, { ack: "handled" }); },
            async start(ctx: any) { await ctx.publish("step/x", `start ${ctx.servicePath}`, { ack: "handled" }); },
            async stop(ctx: any) { await ctx.publish("step/x", `stop ${ctx.servicePath}`, { ack: "handled" }); },
            actions: { ping: () => "pong" },
          });
          await node.addService(service("a"));
          await node.addService(service("b"));
          """);
      assertThat(steps).containsExactly("init a", "init b");
      assertThat(failure(() -> app.call("a/ping")))
          .hasMessage("Service is not Running - it is in Initialized state: a");
      app.node.start().join();
      assertThat(app.call("a/ping")).isEqualTo("pong");
      app.node.stop().join();
      assertThat(steps)
          .containsExactly("init a", "init b", "start a", "start b", "stop b", "stop a");
      assertThat(failure(() -> app.call("a/ping")).code()).isEqualTo(Code.SHUTDOWN);
    }
  }

  @Test
  void aServiceThatFailsToStartIsReportedAndTheOthersRun() {
    try (ScriptNode app = ScriptNode.create(folder, ScriptNode.CONFIG)) {
      app.add(
          "app.ts",
          """
          import { Node } from "runar-ts";
          const node = new Node();
          await node.addService({ name: "a", path: "a", start() { throw new Error("no disk"); } });
          await node.addService({ name: "b", path: "b", actions: { ping: () => "pong" } });
          """);
      RunarException error = failure(() -> ScriptNode.value(app.node.start()));
      assertThat(error).hasMessage("service \"a\" failed to start: no disk");
      assertThat(app.call("b/ping")).isEqualTo("pong");
      assertThat(app.node.urls()).isNotEmpty();
    }
  }

  @Test
  void theVersionIsTheSameWhoeverAsks() {
    try (ScriptNode app = ScriptNode.start(folder, "export {};")) {
      assertThat(Node.version()).matches("\\d+\\.\\d+\\.\\d+.*");
      assertThat(app.status().get("version")).isEqualTo(Node.version());
    }
  }

  @Test
  void whoeverStopsTheNodeStoppedTells() {
    try (ScriptNode app =
        ScriptNode.start(
            folder,
            """
            import { Node } from "runar-ts";
            const node = new Node();
            await node.addService({ name: "e", path: "e", events: { end: () => void node.stop() } });
            """)) {
      var given = app.node.stopped();
      assertThat(given.cancel(true)).isTrue(); // only this one
      assertThat(app.node.stopped()).isNotDone();

      ScriptNode.value(app.node.publish("e/end", Payload.of(null)));

      ScriptNode.value(app.node.stopped());
      assertThat(app.node.state()).isEqualTo(Node.State.STOPPED);
    }
  }

  @Test
  void aScriptThatStopsTheNodeRunsToItsEndBesideOthers() {
    try (ScriptNode app = ScriptNode.create(folder, ScriptNode.CONFIG)) {
      app.node.start().join();
      app.add(
          "other.ts",
          """
          import { Node } from "runar-ts";
          const node = new Node();
          await node.addService({ name: "o", path: "o", stop: () => console.log("other stops") });
          setInterval(() => {}, 1);
          """);
      app.add(
          "app.ts",
          """
          import { Node } from "runar-ts";
          const node = new Node();
          await node.addService({ name: "s", path: "s", stop: () => console.log("stops") });
          node.stop().then(() => console.log("hears of it"));
          await node.stop();
          await new Promise((done) => setTimeout(done, 10));
          if (node.urls.length > 0) throw new Error(`${node.urls} is open`);
          """);

      ScriptNode.value(app.node.stopped());
      assertThat(app.node.state()).isEqualTo(Node.State.STOPPED);
      assertThat(app.log()).noneMatch(line -> line.matches("(SEVERE|WARNING).*"));
      assertThat(failure(() -> app.call("$runtime/status")).code()).isEqualTo(Code.SHUTDOWN);
    }
  }

  @Test
  void aScriptThatFailsBehindItsStopIsToldToWhoAddedIt() {
    try (ScriptNode app = ScriptNode.create(folder, ScriptNode.CONFIG)) {
      RunarException error =
          failure(
              () ->
                  app.add(
                      "app.ts",
                      "import { Node } from 'runar-ts';\n"
                          + "await new Node().stop();\n"
                          + "throw new Error('too late');\n"));
      assertThat(error.code()).isEqualTo(Code.SCRIPT);
      assertThat(error).hasMessageContaining("app.ts:3:7: Error: too late");
      ScriptNode.value(app.node.stopped());
    }
  }

  /** It waits for a call that waits for it; the call is given up, and hears of the stop then. */
  @Test
  void anActionMayWaitForTheStop() {
    NodeConfig brisk = ScriptNode.CONFIG.withDrainTimeout(Duration.ofMillis(100));
    try (ScriptNode app =
        ScriptNode.start(
            folder,
            brisk,
            """
            import { Node } from "runar-ts";
            const node = new Node();
            await node.addService({
              name: "s", path: "s",
              actions: { end: async () => { await node.stop(); return "ended"; } },
            });
            """)) {
      var answer = app.node.request("s/end", Payload.of(null));

      ScriptNode.value(app.node.stopped());
      assertThat(ScriptNode.value(answer).asString()).isEqualTo("ended");
    }
  }

  @Test
  void aNodeThatNeverStartedStopsToo() {
    Node node = Node.create(ScriptNode.CONFIG);
    var stopped = node.stopped();
    node.close();
    assertThat(stopped).isCompleted();
  }

  @Test
  void twoNodesLiveInOneJvm(@TempDir Path other) {
    String script =
        """
        import { Node } from "runar-ts";
        const node = new Node();
        let count = 0;
        await node.addService({
          name: "n", path: "n", actions: { next: () => ++count, network: (ctx) => ctx.networkId },
        });
        """;
    try (ScriptNode one = ScriptNode.start(folder, ScriptNode.CONFIG.withNetworkId("one"), script);
        ScriptNode two = ScriptNode.start(other, ScriptNode.CONFIG.withNetworkId("two"), script)) {
      assertThat(one.call("n/next")).isEqualTo(1);
      assertThat(one.call("n/next")).isEqualTo(2);
      assertThat(two.call("n/next")).isEqualTo(1);
      assertThat(one.call("n/network")).isEqualTo("one");
      assertThat(two.call("two:n/network")).isEqualTo("two");
      assertThat(failure(() -> one.call("two:n/next")).code()).isEqualTo(Code.NOT_FOUND);
      one.node.stop().join();
      assertThat(two.call("n/next")).isEqualTo(2);
    }
  }

  @Test
  void startedAndStoppedTenTimesLeavesNoThreads() {
    String script = "import { Node } from 'runar-ts'; export const node = new Node();\n";
    ScriptNode.start(folder, script).close();
    await().untilAsserted(() -> assertThat(runarThreads()).isEmpty());
    for (int i = 0; i < 10; i++) {
      ScriptNode.start(folder, script).close();
    }
    await().untilAsserted(() -> assertThat(runarThreads()).isEmpty());
  }

  private static List<String> runarThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(name -> name.startsWith("runar-"))
        .toList();
  }

  @Test
  void configurationOfTheProgramGoesBeforeTheScripts() {
    String script =
        """
        import { Node } from "runar-ts";
        const node = new Node({ networkId: "scripts", requestTimeout: 40 });
        await node.addService({
          name: "n", path: "n", actions: { never: () => new Promise(() => {}) },
        });
        """;
    try (ScriptNode app = ScriptNode.start(folder, script)) {
      assertThat(app.node.config().networkId()).isEqualTo("scripts");
      assertThat(app.node.config().requestTimeout()).isEqualTo(Duration.ofMillis(40));
      assertThat(failure(() -> app.call("n/never")).code()).isEqualTo(Code.TIMEOUT);
    }
    NodeConfig given = ScriptNode.CONFIG.withNetworkId("programs");
    try (ScriptNode app = ScriptNode.start(folder, given, script)) {
      assertThat(app.node.config().networkId()).isEqualTo("programs");
      assertThat(app.node.config().requestTimeout()).isEqualTo(Duration.ofMillis(40));
    }
  }
}
