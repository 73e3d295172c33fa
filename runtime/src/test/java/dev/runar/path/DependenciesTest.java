package dev.runar.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.runar.NodeContext;
import dev.runar.Payload;
import dev.runar.Service;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Services that start behind others, wherever those come from. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DependenciesTest {
  @TempDir private Path folder;
  private final List<String> steps = new CopyOnWriteArrayList<>();

  private Service service(String path, String version, String... dependsOn) {
    return Service.at(path)
        .version(version)
        .dependsOn(dependsOn)
        .lifecycle(
            new Service.Lifecycle() {
              @Override
              public void start(NodeContext context) {
                steps.add("start " + path);
              }

              @Override
              public void stop(NodeContext context) {
                steps.add("stop " + path);
              }
            })
        .action("ping", (payload, context) -> Payload.of("pong"))
        .build();
  }

  private static String state(ScriptNode script, String path) {
    return (String)
        ScriptNode.map(script.call("$registry/services/" + path + "/state")).get("state");
  }

  @Test
  void startIsInTheOrderOfDependenciesAndStopInTheReverse() {
    try (var script = ScriptNode.create(folder, ScriptNode.CONFIG)) {
      script.node.addService(service("web", "1.0.0", "auth@^2", "db")).join();
      script.node.addService(service("auth", "2.3.0", "db")).join();
      script.node.addService(service("db", "1.0.0")).join();
      script.node.start().join();
      assertThat(steps).containsExactly("start db", "start auth", "start web");
      steps.clear();
      script.node.stop().join();
      assertThat(steps).containsExactly("stop web", "stop auth", "stop db");
    }
  }

  @Test
  void oneScriptMayAwaitEachStepInAnyOrder() {
    try (var script =
        ScriptNode.start(
            folder,
            """
            import { Node } from "runar-ts";
            const node = new Node();
            const started: string[] = [];
            const service = (path: string, ...dependsOn: string[]) => ({
              name: path, path, dependsOn, start: () => { started.push(path); },
              actions: { started: () => started },
            });
            await node.addService(service("a", "b"));
            await node.start();
            await node.addService(service("c", "a", "b"));
            await node.addService(service("b"));
            """)) {
      await().untilAsserted(() -> assertThat(state(script, "c")).isEqualTo("RUNNING"));
      assertThat(script.call("b/started")).isEqualTo(List.of("b", "a", "c"));
    }
  }

  @Test
  void aJavaServiceWaitsForOneOfAScript() {
    try (var script = ScriptNode.create(folder, ScriptNode.CONFIG)) {
      script.node.addService(service("web", "1.0.0", "late@1.x")).join();
      script.node.start().join();
      assertThat(state(script, "web")).isEqualTo("INITIALIZED");
      assertThatThrownBy(() -> script.call("web/ping"))
          .hasMessage(
              "Service is not Running - it is in Initialized state: web (waits for late@1.x (not"
                  + " there))");
      script.node.addService(service("late", "2.0.0")).join();
      assertThat(state(script, "web")).isEqualTo("INITIALIZED");
      script.add(
          "late.ts",
          """
          import { Node } from "runar-ts";
          new Node().addService({ name: "late", path: "late", version: "1.0.3" });
          """);
      await().untilAsserted(() -> assertThat(script.call("web/ping")).isEqualTo("pong"));
    }
  }

  @Test
  void afterItsTimeAServiceIsInErrorAndNamesWhatIsMissing() {
    try (var script =
        ScriptNode.create(
            folder, ScriptNode.CONFIG.withDependencyTimeout(Duration.ofMillis(200)))) {
      script.node.addService(service("old", "1.0.0")).join();
      script.node.addService(service("web", "1.0.0", "old@^2", "nowhere")).join();
      script.node.start().join();
      await().untilAsserted(() -> assertThat(state(script, "web")).isEqualTo("ERROR"));
      assertThat(ScriptNode.map(script.call("$registry/services/web")).get("problem"))
          .isEqualTo("waited 200 ms in vain for old@^2 (there is 1.0.0), nowhere (not there)");
      assertThat(script.logged("service \"web\" waited 200 ms in vain")).hasSize(1);
      assertThat(steps).containsExactly("start old");
    }
  }

  @Test
  void aCycleIsRefusedWhenItCloses() {
    try (var script = ScriptNode.create(folder, ScriptNode.CONFIG)) {
      script.node.addService(service("a", "1.0.0", "b")).join();
      script.node.addService(service("b", "1.0.0", "c@1")).join();
      assertThatThrownBy(() -> ScriptNode.value(script.node.addService(service("c", "1.0.0", "a"))))
          .hasMessage(
              "service \"c\" closes a cycle of dependsOn: c -> a -> b -> c; one of them must start"
                  + " without the other");
      script.node.addService(service("c", "1.0.0")).join();
      script.node.start().join();
      assertThat(steps).containsExactly("start c", "start b", "start a");
    }
  }

  @Test
  void aDependencyThatGoesLaterStopsNobody() {
    try (var script = ScriptNode.create(folder, ScriptNode.CONFIG)) {
      script.node.addService(service("db", "1.0.0")).join();
      script.node.addService(service("web", "1.0.0", "db")).join();
      script.node.start().join();
      script.node.removeService("db").join();
      assertThat(script.call("web/ping")).isEqualTo("pong");
    }
  }

  @Test
  void oneThatIsRemovedWhileItWaitsNeverStarts() {
    try (var script = ScriptNode.create(folder, ScriptNode.CONFIG)) {
      script.node.start().join();
      script.node.addService(service("web", "1.0.0", "db")).join();
      script.node.removeService("web").join();
      script.node.addService(service("db", "1.0.0")).join();
      assertThat(steps).containsExactly("start db");
    }
  }

  @Test
  void wrongDependenciesAreRefusedAtOnce() {
    try (var script = ScriptNode.create(folder, ScriptNode.CONFIG)) {
      assertThatThrownBy(
              () -> ScriptNode.value(script.node.addService(service("a", "1.0.0", "db/get"))))
          .hasMessageContaining("which is no service");
      assertThatThrownBy(
              () -> ScriptNode.value(script.node.addService(service("a", "1.0.0", "db@none"))))
          .hasMessageContaining("names no versions");
    }
  }
}
