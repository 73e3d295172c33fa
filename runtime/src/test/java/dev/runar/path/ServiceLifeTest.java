package dev.runar.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.runar.NodeContext;
import dev.runar.Payload;
import dev.runar.Service;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Services are paused, go on, and say how they are. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ServiceLifeTest {
  private static final String SCRIPT =
      """
      import { Node } from "runar-ts";
      const node = new Node();
      const log: string[] = [];
      let refuse = "";
      let well: unknown = { queue: 3 };
      const db = {
        name: "db", path: "db", version: "1.2.0",
        pause: async () => { log.push("pause"); if (refuse === "pause") throw new Error("busy"); },
        resume: () => { log.push("resume"); if (refuse === "resume") throw new Error("no"); },
        health() { if (well === "throws") throw new Error("disk full"); return well; },
        events: { tick: () => { log.push("tick"); } },
        actions: { ping: () => "pong" },
      };
      node.addService(db);
      node.addService({
        name: "control", path: "control",
        actions: {
          log: () => log,
          refuse: (what: string) => { refuse = what; },
          well: (value: unknown) => { well = value; },
        },
      });
      await node.start();
      """;

  @TempDir private Path folder;

  @Test
  void aPausedServiceTakesNothingAndGoesOn() throws Exception {
    try (var script = ScriptNode.start(folder, SCRIPT)) {
      script.call("$registry/services/db/pause");
      assertThatThrownBy(() -> script.call("db/ping"))
          .hasMessage("Service is not Running - it is in Paused state: db");
      var refused = script.node.publish("db/tick", Payload.of(1)).get(10, TimeUnit.SECONDS);
      assertThat(refused.matched()).isEqualTo(1);
      assertThat(refused.refused()).isEqualTo(1);
      script.call("$registry/services/db/resume");
      assertThat(script.call("db/ping")).isEqualTo("pong");
      var taken = script.node.publish("db/tick", Payload.of(2)).get(10, TimeUnit.SECONDS);
      assertThat(taken.queued()).isEqualTo(1);
      await()
          .untilAsserted(
              () ->
                  assertThat(script.call("control/log"))
                      .isEqualTo(List.of("pause", "resume", "tick")));
    }
  }

  @Test
  void aHookThatThrowsLeavesItAsItWas() {
    try (var script = ScriptNode.start(folder, SCRIPT)) {
      script.call("control/refuse", "pause");
      assertThatThrownBy(() -> script.call("$registry/services/db/pause"))
          .hasMessageContaining("busy");
      assertThat(script.call("db/ping")).isEqualTo("pong");
      script.call("control/refuse", "resume");
      script.call("$registry/services/db/pause");
      assertThatThrownBy(() -> script.call("$registry/services/db/resume"))
          .hasMessageContaining("no");
      assertThatThrownBy(() -> script.call("db/ping")).hasMessageContaining("Paused");
      assertThatThrownBy(() -> script.call("$registry/services/db/pause"))
          .hasMessage("service \"db\" is in Paused state, not Running");
    }
  }

  @Test
  void healthIsWhatTheServiceSays() {
    try (var script = ScriptNode.start(folder, SCRIPT)) {
      assertThat(ScriptNode.map(script.call("$health/live")).get("live")).isEqualTo(true);
      assertThat(ScriptNode.map(script.call("$health/services/db")))
          .containsEntry("path", "db")
          .containsEntry("version", "1.2.0")
          .containsEntry("state", "RUNNING")
          .containsEntry("ready", true)
          .containsEntry("details", Map.of("queue", 3));
      assertThat(ready(script)).isEqualTo(200);

      script.call("control/well", "throws");
      await()
          .untilAsserted(
              () -> {
                var ready = ScriptNode.map(script.call("$health/ready"));
                assertThat(ready.get("ready")).isEqualTo(false);
                assertThat(ready.get("services").toString()).contains("disk full");
              });
      assertThat(ready(script)).isEqualTo(503);

      script.call("control/well", List.of());
      await()
          .untilAsserted(
              () ->
                  assertThat(ScriptNode.map(script.call("$health/ready")).get("ready"))
                      .isEqualTo(true));
      assertThat(ready(script)).isEqualTo(200);
    }
  }

  @Test
  void theNodeAsksByItself() {
    try (var script = ScriptNode.start(folder, SCRIPT)) {
      script.call("control/well", Map.of("value", Map.of("ready", false)));
      await().untilAsserted(() -> assertThat(ready(script)).isEqualTo(503));
    }
  }

  @Test
  void aNodeWithAServiceThatWaitsIsNotReady() {
    try (var script = ScriptNode.start(folder, SCRIPT)) {
      script.node.addService(Service.at("web").dependsOn("late").build()).join();
      assertThat(ready(script)).isEqualTo(503);
      script.node.addService(Service.at("late").build()).join();
      await().untilAsserted(() -> assertThat(ready(script)).isEqualTo(200));
    }
  }

  @Test
  void javaServicesHaveTheSameHooks() {
    var steps = new CopyOnWriteArrayList<String>();
    Service service =
        Service.at("java")
            .lifecycle(
                new Service.Lifecycle() {
                  @Override
                  public void pause(NodeContext context) {
                    steps.add("pause");
                  }

                  @Override
                  public void resume(NodeContext context) {
                    steps.add("resume");
                  }

                  @Override
                  public Optional<Payload> health(NodeContext context) {
                    return Optional.of(Payload.object("ready", false, "why", "warming up"));
                  }
                })
            .build();
    try (var script = ScriptNode.start(folder, SCRIPT)) {
      script.node.addService(service).join();
      script.call("$registry/services/java/pause");
      script.call("$registry/services/java/resume");
      assertThat(steps).containsExactly("pause", "resume");
      assertThat(ScriptNode.map(script.call("$health/services/java")))
          .containsEntry("ready", false)
          .containsEntry("details", Map.of("ready", false, "why", "warming up"));
    }
  }

  private static int ready(ScriptNode script) {
    URI base = script.node.urls().getFirst();
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client
          .send(
              HttpRequest.newBuilder(base.resolve("/ready")).build(),
              HttpResponse.BodyHandlers.discarding())
          .statusCode();
    } catch (java.io.IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static final String STARTING =
      """
      import { Node } from "runar-ts";
      const node = new Node();
      const said: unknown[] = [];
      const failure = (error: { code: string; message: string }) => `${error.code} ${error.message}`;
      node.addService({ name: "db", path: "db", actions: { ping: () => "pong" } });
      node.addService({
        name: "app", path: "app", dependsOn: ["db"],
        async start(ctx: any) {
          said.push(await ctx.request("db/ping"), await ctx.request("app/own", [2]));
          said.push(await node.request("app/own", [3]).catch(failure)); // the script, not the service
        },
        actions: { own: (n: number) => n + 1, said: () => said },
      });
      await node.start();
      """;

  @Test
  void whileAServiceStartsItAsksOthersAndItselfAndNobodyElseAsksIt() throws Exception {
    try (var script = ScriptNode.start(folder, STARTING)) {
      assertThat(script.call("app/said"))
          .isEqualTo(
              List.of(
                  "pong",
                  3,
                  "NOT_RUNNING Service is not Running - it is in Initialized state: app"));
    }
  }
}
