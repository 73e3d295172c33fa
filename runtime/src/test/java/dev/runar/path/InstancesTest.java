package dev.runar.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.runar.NodeConfig;
import dev.runar.Payload;
import dev.runar.Permissions;
import dev.runar.RequestOptions;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.Supervision;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Services that live in script contexts of their own. */
@Timeout(120)
class InstancesTest {
  private static final String MATH =
      """
      import { Node, action } from "runar-ts";
      const node = new Node();
      const seen = [];
      node.addService({
        name: "m", path: "m", instances: 3, key: "user",
        actions: {
          who: () => node.instance,
          of: (user: string) => node.instance,
          push(user: string, n: number) { seen.push(user + n); return seen.filter((e) => e.startsWith(user)).join(); },
          keyed: action({ key: "room", handler: (input: { room: number }) => node.instance }),
          spin() { for (;;); },
          async spinBehindAwait() { await new Promise((r) => setTimeout(r, 1)); for (;;); },
          async slow() { await new Promise((r) => setTimeout(r, 50)); return node.instance; },
        },
        events: {
          "deed/*": (payload, ctx) => { node.publish("done/" + node.instance, { topic: ctx.topic, payload }); },
        },
        sockets: { "/echo": { message: (session, data) => { session.send(node.instance + ":" + data); } } },
      });
      let after = 0;
      await node.subscribe("tick", () => { after++; });
      await node.start();
      await node.addService({ name: "p", path: "p", actions: { after: () => after } });
      """;

  @TempDir Path folder;

  @Test
  void requestsAreSpreadOverTheInstances() {
    try (var app = ScriptNode.start(folder, MATH)) {
      Set<Object> who = new HashSet<>();
      for (int i = 0; i < 30; i++) {
        who.add(app.call("m/who"));
      }
      assertThat(who).containsExactlyInAnyOrder(0, 1, 2);
    }
  }

  @Test
  void oneThatIsBusyGetsLess() {
    try (var app = ScriptNode.start(folder, MATH)) {
      List<CompletableFuture<Payload>> slow = new ArrayList<>();
      for (int i = 0; i < 300; i++) {
        slow.add(app.node.request("m/slow", Payload.of(null)));
      }
      var counts = new int[3];
      slow.forEach(answer -> counts[answer.join().asInt()]++);
      assertThat(java.util.Arrays.stream(counts).boxed().toList())
          .allSatisfy(count -> assertThat(count).isBetween(60, 140));
    }
  }

  @Test
  void aKeyAlwaysGoesToTheSameInstanceInOrder() {
    try (var app = ScriptNode.start(folder, MATH)) {
      Set<Object> used = new HashSet<>();
      for (int user = 0; user < 20; user++) {
        Object first = app.call("m/of", Map.of("user", "u" + user));
        used.add(first);
        assertThat(app.call("m/of", List.of("u" + user))).isEqualTo(first);
        assertThat(app.call("m/of", "u" + user)).isEqualTo(first);
      }
      assertThat(used).hasSize(3);
      List<CompletableFuture<Payload>> pushes =
          IntStream.range(0, 50)
              .mapToObj(n -> app.node.request("m/push", Payload.object("user", "ann", "n", n)))
              .toList();
      assertThat(pushes.getLast().join().asString())
          .isEqualTo(String.join(",", IntStream.range(0, 50).mapToObj(n -> "ann" + n).toList()));
    }
  }

  @Test
  void theKeyOfAnActionMustBeThere() {
    try (var app = ScriptNode.start(folder, MATH)) {
      Object first = app.call("m/keyed", Map.of("room", 7));
      assertThat(app.call("m/keyed", Map.of("room", 7))).isEqualTo(first);
      assertThatThrownBy(() -> app.call("m/keyed", Map.of("x", 1)))
          .isInstanceOfSatisfying(
              RunarException.class,
              error -> {
                assertThat(error.code()).isEqualTo(Code.INVALID_INPUT);
                assertThat(error).hasMessageContaining("\"room\" chooses the instance");
              });
    }
  }

  @Test
  void anEventIsHandledOnceByTheInstanceOfItsKeyOrTopic() {
    try (var app = ScriptNode.start(folder, MATH)) {
      var done = new java.util.concurrent.ConcurrentLinkedQueue<String>();
      app.node.subscribe(
          "done/*",
          (event, context) -> {
            done.add(event.topic() + " " + event.payload().asMap().get("payload"));
          });
      for (int i = 0; i < 30; i++) {
        app.node.publish("deed/a", Payload.of(i)).join();
      }
      await().until(() -> done.size() == 30);
      assertThat(done.stream().map(line -> line.split(" ")[0]).distinct()).hasSize(1);
      assertThat(done.stream().map(line -> line.split(" ")[1]))
          .containsExactlyElementsOf(IntStream.range(0, 30).mapToObj(String::valueOf).toList());
      done.clear();
      for (int i = 0; i < 30; i++) {
        app.node.publish("deed/a", Payload.object("user", "u" + i)).join();
      }
      await().until(() -> done.size() == 30);
      assertThat(done.stream().map(line -> line.split(" ")[0]).distinct()).hasSize(3);
    }
  }

  @Test
  void whatFollowsTheStartRunsOnce() {
    try (var app = ScriptNode.start(folder, MATH)) {
      app.node.publish("tick", Payload.of(1)).join();
      await().until(() -> app.call("p/after").equals(1));
      assertThat(app.call("$registry/services/list").toString()).contains("path=p");
    }
  }

  @Test
  void aConnectionStaysWithItsInstance() throws Exception {
    try (var app = ScriptNode.start(folder, MATH)) {
      Set<String> used = new HashSet<>();
      for (int client = 0; client < 6; client++) {
        try (var socket = app.connect("/echo")) {
          String first = null;
          for (int i = 0; i < 3; i++) {
            socket.send("x");
            String instance = socket.next().split(":")[0];
            first = first == null ? instance : first;
            assertThat(instance).isEqualTo(first);
          }
          used.add(first);
        }
      }
      assertThat(used).hasSize(3);
    }
  }

  /** Also when nobody waits for what it does any more, until it is ended. */
  @ParameterizedTest
  @ValueSource(strings = {"m/spin", "m/spinBehindAwait"})
  void oneThatSpinsGetsNothingMore(String path) {
    var config =
        ScriptNode.CONFIG.withSupervision(Supervision.DEFAULT.withGrace(Duration.ofSeconds(3)));
    try (var app = ScriptNode.start(folder, config, MATH)) {
      for (int i = 0; i < 3; i++) {
        assertThat(app.call("m/who")).isIn(0, 1, 2);
      }
      var spin =
          app.node.request(
              path, Payload.of(null), RequestOptions.DEFAULT.withTimeout(Duration.ofSeconds(1)));
      assertThatThrownBy(() -> ScriptNode.value(spin))
          .isInstanceOfSatisfying(
              RunarException.class, error -> assertThat(error.code()).isEqualTo(Code.TIMEOUT));
      Set<Object> who = new HashSet<>();
      for (int i = 0; i < 30; i++) {
        who.add(app.call("m/who"));
      }
      assertThat(who).hasSize(2);
    }
  }

  @Test
  void oneThatDiesComesBackAndTheOthersAnswerMeanwhile() {
    var config =
        ScriptNode.CONFIG.withSupervision(
            Supervision.DEFAULT
                .withGrace(Duration.ofMillis(100))
                .withBackOff(Duration.ofMillis(300)));
    try (var app = ScriptNode.start(folder, config, MATH)) {
      var spin =
          app.node.request(
              "m/spin",
              Payload.of(null),
              RequestOptions.DEFAULT.withTimeout(Duration.ofMillis(300)));
      for (int i = 0; i < 100; i++) {
        assertThat(app.call("m/who")).isIn(0, 1, 2);
      }
      assertThatThrownBy(() -> ScriptNode.value(spin))
          .isInstanceOfSatisfying(
              RunarException.class,
              error -> assertThat(error.remoteStack().orElse("")).contains("app.ts:11"));
      await()
          .until(
              () ->
                  ((List<?>) app.status().get("contexts"))
                      .stream()
                          .anyMatch(
                              each ->
                                  ScriptNode.map(each).get("restarts").equals(1L)
                                      && ScriptNode.map(each).get("state").equals("RUNNING")));
      Set<Object> who = new HashSet<>();
      for (int i = 0; i < 30; i++) {
        who.add(app.call("m/who"));
      }
      assertThat(who).containsExactlyInAnyOrder(0, 1, 2);
    }
  }

  @Test
  void aServiceThatMayReachMoreThanItsScriptRunsApart() {
    Permissions granted = Permissions.NONE.withService("rich", Permissions.NONE.withEnv("PATH"));
    try (var app =
        ScriptNode.start(
            folder,
            ScriptNode.CONFIG.withPermissions(granted),
            """
            import { Node } from "runar-ts";
            const node = new Node();
            const seen = () => process.env.PATH !== undefined;
            node.addService({ name: "rich", path: "rich", actions: { seen } });
            node.addService({ name: "poor", path: "poor", actions: { seen } });
            await node.start();
            """)) {
      assertThat(app.call("rich/seen")).isEqualTo(true);
      assertThat(app.call("poor/seen")).isEqualTo(false);
    }
  }

  @Test
  void contextsAreBounded() {
    NodeConfig config = ScriptNode.CONFIG.withLimits(ScriptNode.CONFIG.limits().withContexts(3));
    try (var app = ScriptNode.create(folder, config)) {
      assertThatThrownBy(() -> app.add("app.ts", MATH))
          .isInstanceOfSatisfying(
              RunarException.class,
              error -> {
                assertThat(error.code()).isEqualTo(Code.OVERLOADED);
                assertThat(error).hasMessageContaining("limits.contexts 3");
              });
      app.add("small.ts", MATH.replace("instances: 3", "instances: 2"));
      assertThat(app.status()).isNotNull();
    }
  }

  @Test
  void aFailingInstanceLeavesNothing() {
    try (var app = ScriptNode.create(folder, ScriptNode.CONFIG)) {
      assertThatThrownBy(
              () ->
                  app.add(
                      "app.ts",
                      """
                      import { Node } from "runar-ts";
                      const node = new Node();
                      if (node.instance === 1) throw new Error("not me");
                      await node.addService({ name: "m", path: "m", instances: 2, actions: { a: () => 1 } });
                      """))
          .hasMessageContaining("not me");
      app.add("other.ts", MATH);
      app.node.start().join();
      assertThat(app.call("m/who")).isIn(0, 1, 2);
    }
  }

  @Test
  void aRemovedServiceEndsItsContexts() {
    try (var app = ScriptNode.start(folder, MATH)) {
      assertThat((List<?>) app.status().get("contexts")).hasSize(4);
      app.node.removeService("m").join();
      await().until(() -> ((List<?>) app.status().get("contexts")).size() == 1);
      assertThatThrownBy(() -> app.call("m/who")).hasMessageContaining("no service");
    }
  }
}
