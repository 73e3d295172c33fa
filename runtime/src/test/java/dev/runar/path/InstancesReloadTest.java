package dev.runar.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.runar.NodeConfig;
import dev.runar.Payload;
import dev.runar.RunarException;
import dev.runar.Supervision;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** All instances of a service are exchanged at once, or none. */
@Timeout(120)
class InstancesReloadTest {
  @TempDir Path folder;

  private static String version(int version) {
    return """
    import { Node } from "runar-ts";
    const node = new Node();
    node.addService({
      name: "m", path: "m", instances: 2,
      actions: { version: () => %d, who: () => node.instance },
      sockets: { "/v": { open: (session) => { session.send("hello %d"); }, message: (session) => { session.send("%d"); } } },
    });
    await node.start();
    """
        .formatted(version, version, version);
  }

  private static int contexts(ScriptNode app) {
    return ((List<?>) app.status().get("contexts")).size();
  }

  @Test
  void aReloadExchangesAllInstancesAndNoRequestFails() {
    try (var app = ScriptNode.start(folder, version(1))) {
      try (var socket = app.connect("/v")) {
        assertThat(socket.next()).isEqualTo("hello 1");
        List<CompletableFuture<Payload>> answers = new ArrayList<>();
        app.file("app.ts", version(2));
        var reloaded = app.node.reload(folder.resolve("app.ts"));
        while (!reloaded.isDone() && answers.size() < 20_000) {
          answers.add(app.node.request("m/version", Payload.of(null)));
          LockSupport.parkNanos(100_000);
        }
        assertThat(ScriptNode.value(reloaded).services()).isEqualTo(1);
        assertThat(app.call("m/version")).isEqualTo(2);
        assertThat(answers).allSatisfy(answer -> assertThat(answer.join().asInt()).isIn(1, 2));
        assertThat(socket.next()).isEqualTo("hello 2");
        socket.send("x");
        assertThat(socket.next()).isEqualTo("2");
      }
      await().until(() -> contexts(app) == 3);
      Set<Object> who = new HashSet<>();
      for (int i = 0; i < 20; i++) {
        who.add(app.call("m/who"));
      }
      assertThat(who).containsExactlyInAnyOrder(0, 1);
    }
  }

  @Test
  void aBrokenReloadLeavesTheInstancesAsTheyWere() {
    try (var app = ScriptNode.start(folder, version(1))) {
      for (String broken :
          List.of(
              version(2) + "throw new Error('after all');",
              "if (node === undefined) {}" + version(2),
              version(2)
                  .replace(
                      "node.addService", "if (node.instance === 1) throw 1; node.addService"))) {
        app.file("app.ts", broken);
        assertThatThrownBy(() -> ScriptNode.value(app.node.reload(folder.resolve("app.ts"))))
            .isInstanceOf(RunarException.class);
        assertThat(app.call("m/version")).isEqualTo(1);
        await().until(() -> contexts(app) == 3);
      }
      app.file("app.ts", version(3));
      ScriptNode.value(app.node.reload(folder.resolve("app.ts")));
      assertThat(app.call("m/version")).isEqualTo(3);
    }
  }

  @Test
  void aReloadMayAddInstancesAndTakeThemAway() {
    try (var app = ScriptNode.start(folder, version(1).replace("instances: 2,", ""))) {
      assertThat(contexts(app)).isEqualTo(1);
      app.file("app.ts", version(2));
      ScriptNode.value(app.node.reload(folder.resolve("app.ts")));
      assertThat(app.call("m/version")).isEqualTo(2);
      await().until(() -> contexts(app) == 3);
      app.file("app.ts", version(3).replace("instances: 2,", ""));
      ScriptNode.value(app.node.reload(folder.resolve("app.ts")));
      assertThat(app.call("m/version")).isEqualTo(3);
      await().until(() -> contexts(app) == 1);
    }
  }

  @Test
  void aReloadLetsTheInstancesAnswerWhatTheyHaveBegun() {
    String slow =
        version(1)
            .replace(
                "who: ()",
                "slow: async () => { await new Promise((r) => setTimeout(r, 400)); return 1; },"
                    + " who: ()");
    try (var app = ScriptNode.start(folder, slow)) {
      var calls =
          IntStream.range(0, 6)
              .mapToObj(i -> app.node.request("m/slow", Payload.of(null)))
              .toList();
      app.call("m/who"); // they have begun
      app.file("app.ts", version(2));
      ScriptNode.value(app.node.reload(folder.resolve("app.ts")));
      assertThat(app.call("m/version")).isEqualTo(2);
      calls.forEach(call -> assertThat(ScriptNode.value(call).asInt()).isEqualTo(1));
    }
  }

  @Test
  void aProgramThatIsAwayIsReplacedWithItsInstances() {
    String mortal =
        version(1)
            .replace(
                "await node.start();",
                "node.addService({ name: 'p', path: 'p', actions: { die: () => { for (;;); } } });"
                    + " await node.start();");
    NodeConfig config =
        ScriptNode.CONFIG
            .withLimits(ScriptNode.CONFIG.limits().withTurnBudget(Duration.ofSeconds(1)))
            .withSupervision(Supervision.DEFAULT.withDeaths(1).withBackOff(Duration.ofHours(1)));
    try (var app = ScriptNode.start(folder, config, mortal)) {
      var _ = app.node.request("p/die", Payload.of(null));
      await().until(() -> app.context().get("state").equals("AWAY"));
      assertThat(app.call("m/version")).isEqualTo(1);
      app.file("app.ts", version(2));
      ScriptNode.value(app.node.reload(folder.resolve("app.ts")));
      assertThat(app.call("m/version")).isEqualTo(2);
      await().until(() -> contexts(app) == 3);
    }
  }
}
