package dev.runar.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What holds when {@code addScript} has completed, and what is told when it fails. */
@Timeout(60)
class ScriptLoadTest {
  @TempDir Path folder;

  @Test
  void servicesThatTheScriptDoesNotAwaitAreThereWhenItHasLoaded() {
    try (ScriptNode app = ScriptNode.create(folder, ScriptNode.CONFIG)) {
      app.node.start().join();
      app.add(
          "app.ts",
          """
          import { Node } from "runar-ts";
          const node = new Node();
          node.addService({
            name: "slow", path: "slow",
            async init() { await new Promise((done) => setTimeout(done, 200)); },
            actions: { ping: () => "pong" },
          });
          node.addService({ name: "quick", path: "quick", actions: { ping: () => "pong" } });
          """);
      assertThat(app.call("slow/ping")).isEqualTo("pong");
      assertThat(app.call("quick/ping")).isEqualTo("pong");
    }
  }

  @Test
  void aStartThatTheScriptDoesNotAwaitDoesNotHideItsServices() {
    try (ScriptNode app = ScriptNode.create(folder, ScriptNode.CONFIG)) {
      app.node.start().join();
      app.add(
          "app.ts",
          """
          import { Node } from "runar-ts";
          const node = new Node();
          node.addService({
            name: "slow", path: "slow",
            async init() { await new Promise((done) => setTimeout(done, 200)); },
            actions: { ping: () => "pong" },
          });
          node.start();
          """);
      assertThat(app.call("slow/ping")).isEqualTo("pong");
    }
  }

  @Test
  void aServiceThatTheScriptDoesNotAwaitAndThatFailsFailsTheLoadAndIsSaidOnce() {
    try (ScriptNode app = ScriptNode.create(folder, ScriptNode.CONFIG)) {
      app.node.start().join();
      RunarException error =
          failure(
              app,
              """
              import { Node } from "runar-ts";
              const node = new Node();
              node.addService({
                name: "broken", path: "broken",
                async init() {
                  await new Promise((done) => setTimeout(done, 50));
                  throw new Error("no database");
                },
                actions: { ping: () => "pong" },
              });
              node.addService({ name: "fine", path: "fine", actions: { ping: () => "pong" } });
              """);
      assertThat(error).hasMessageContaining("no database");
      assertThat(app.logged("no database")).isEmpty(); // whoever added the script says it
      assertThat(catchThrowableOfType(RunarException.class, () -> app.call("fine/ping")).code())
          .isEqualTo(Code.NOT_FOUND);
      await().until(() -> app.status().get("contexts").equals(List.of()));
    }
  }

  @Test
  void aFailureThatTheScriptHandlesItselfDoesNotFailTheLoad() {
    try (ScriptNode app = ScriptNode.create(folder, ScriptNode.CONFIG)) {
      app.node.start().join();
      app.add(
          "app.ts",
          """
          import { Node } from "runar-ts";
          const node = new Node();
          let caught = "";
          node.addService({
            name: "broken", path: "broken",
            init() { throw new Error("no database"); },
            actions: {},
          }).catch((error) => { caught = error.message; });
          node.addService({ name: "fine", path: "fine", actions: { caught: () => caught } });
          """);
      assertThat(app.call("fine/caught")).isEqualTo("no database");
      assertThat(app.logged("no database")).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "throw new Error('top level');",
        "await null; throw new Error('top level');",
        "await Promise.reject(new Error('top level'));",
        "import './no-top-level.js';",
        "const x = = 'top level';",
        "await import('data:text/javascript,throw 1'); // top level",
      })
  void aScriptThatFailsToLoadIsNotReportedAsUncaughtToo(String script) {
    try (ScriptNode app = ScriptNode.create(folder, ScriptNode.CONFIG)) {
      app.node.start().join();
      assertThat(failure(app, script)).hasMessageContaining("app.ts:1:");
      assertThat(app.log().stream().filter(line -> line.startsWith("SEVERE"))).isEmpty();
    }
  }

  @Test
  void aRejectionThatIsNotTheLoadsOwnIsStillReported() {
    try (ScriptNode app = ScriptNode.create(folder, ScriptNode.CONFIG)) {
      app.node.start().join();
      app.add("app.ts", "Promise.reject(new Error('lost'));\n");
      await().until(() -> !app.logged("lost").isEmpty());
      assertThat(app.logged("lost")).hasSize(1);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://127.0.0.1/x.js",
        "https://127.0.0.1/x.js",
        "blob:abc",
      })
  void anImportByUrlIsRefusedWithWhatWhereAndWhatToDo(String url) {
    try (ScriptNode app = ScriptNode.create(folder, ScriptNode.CONFIG)) {
      app.node.start().join();
      String scheme = url.substring(0, url.indexOf(':') + 1);
      for (String script :
          List.of("\nawait import('" + url + "');\n", "\nimport x from '" + url + "'; x;\n")) {
        RunarException error = failure(app, script);
        assertThat(error.code()).isEqualTo(Code.SCRIPT);
        assertThat(error)
            .hasMessageContaining("app.ts:2:")
            .hasMessageContaining("cannot import \"" + url + "\"")
            .hasMessageContaining(scheme + " imports are refused")
            .hasMessageContaining("A module is a file of the project or one of");
      }
    }
  }

  @Test
  void aComputedImportByUrlIsRefusedWithItsPlaceToo() {
    try (ScriptNode app = ScriptNode.create(folder, ScriptNode.CONFIG)) {
      app.node.start().join();
      assertThat(
              failure(app, "const scheme: string = 'http:';\nawait import(scheme + '//x/y.js');\n"))
          .hasMessageContaining("cannot import \"http://x/y.js\": http: imports are refused")
          .hasMessageContaining("app.ts:2:");
    }
  }

  @Test
  void aDataUrlThatCannotBeReadIsToldWithItsPlaceAndARemedy() {
    try (ScriptNode app = ScriptNode.create(folder, ScriptNode.CONFIG)) {
      app.node.start().join();
      for (String script :
          List.of(
              "\nawait import('data:text/javascript,export default 1');\n",
              "\nimport x from 'data:text/javascript,export default 1'; x;\n",
              "const code: string = 'export default 1';\n"
                  + "await import('data:text/javascript,' + code);\n")) {
        assertThat(failure(app, script))
            .hasMessageContaining("app.ts:2:")
            .hasMessageContaining(
                "cannot import \"data:text/javascript,export default 1\": not a valid URL")
            .hasMessageContaining("encodeURIComponent");
      }
      app.add("app.ts", "await import('data:text/javascript,export%20default%201');\n");
    }
  }

  @Test
  void aServiceThatFailsToStartLeavesItsPathFree() {
    try (ScriptNode app = ScriptNode.create(folder, ScriptNode.CONFIG)) {
      app.node.start().join();
      String script =
          """
          import { Node } from "runar-ts";
          const node = new Node();
          node.addService({
            name: "late", path: "late",
            start() { if (%s) throw new Error("no database"); },
            actions: { ping: () => "pong" },
          });
          """;
      assertThat(failure(app, script.formatted("true"))).hasMessageContaining("no database");
      app.add("app.ts", script.formatted("false"));
      assertThat(app.call("late/ping")).isEqualTo("pong");
    }
  }

  private static RunarException failure(ScriptNode app, String script) {
    return catchThrowableOfType(RunarException.class, () -> app.add("app.ts", script));
  }
}
