package dev.runar.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.runar.Payload;
import dev.runar.Service;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Several versions of one service side by side, and which one an address means. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class VersionsTest {
  private static final String THREE =
      """
      import { Node, Context } from "runar-ts";
      const node = new Node();
      for (const version of ["1.4.0", "2.1.0", "2.2.0", "3.0.0-beta.1"]) {
        node.addService({
          name: "math", path: "math", version,
          actions: {
            which: () => version,
            path: (ctx: Context) => ctx.path,
            own: (ctx: Context) => ctx.request("which"),
            ...(version.startsWith("1.") ? { old: () => "old" } : {}),
            "item/{id}": (ctx: Context) => version + ":" + ctx.pathParams.id,
          },
          events: { tick: (payload, ctx) => ctx.publish("seen", version) },
        });
      }
      await node.start();
      """;

  @TempDir private Path folder;

  @Test
  void anAddressNamesItsVersions() {
    try (var script = ScriptNode.start(folder, THREE)) {
      assertThat(script.call("math@1/which")).isEqualTo("1.4.0");
      assertThat(script.call("math@2/which")).isEqualTo("2.2.0");
      assertThat(script.call("math@2.1/which")).isEqualTo("2.1.0");
      assertThat(script.call("math@^1.2/which")).isEqualTo("1.4.0");
      assertThat(script.call("math@~2.1/which")).isEqualTo("2.1.0");
      assertThat(script.call("math@2.x/which")).isEqualTo("2.2.0");
      assertThat(script.call("math@>=1,<2.2/which")).isEqualTo("2.1.0");
      assertThat(script.call("math@1||2.1/which")).isEqualTo("2.1.0");
      assertThat(script.call("math@3.0.0-beta.1/which")).isEqualTo("3.0.0-beta.1");
      assertThat(script.call("default:math@1/which")).isEqualTo("1.4.0");
      assertThat(script.call("math@1/item/7")).isEqualTo("1.4.0:7");
    }
  }

  @Test
  void withoutAVersionTheHighestReleaseThatRunsIsMeant() {
    try (var script = ScriptNode.start(folder, THREE)) {
      assertThat(script.call("math/which")).isEqualTo("2.2.0");
      assertThat(script.call("math/item/7")).isEqualTo("2.2.0:7");

      script.call("$registry/services/math@2.2.0/pause");
      assertThat(script.call("math/which")).isEqualTo("2.1.0");
      assertThat(script.call("math@2/which")).isEqualTo("2.1.0");
      assertThat(script.call("math/item/7")).isEqualTo("2.1.0:7");
      assertThatThrownBy(() -> script.call("math@2.2.0/which"))
          .hasMessage("Service is not Running - it is in Paused state: math");

      script.call("$registry/services/math@2.2.0/resume");
      assertThat(script.call("math/which")).isEqualTo("2.2.0");

      script.node.removeService("math@2.2.0").join();
      assertThat(script.call("math/which")).isEqualTo("2.1.0");
    }
  }

  @Test
  void aServiceCallsItsOwnVersionByTheShortName() {
    try (var script = ScriptNode.start(folder, THREE)) {
      assertThat(script.call("math@1/own")).isEqualTo("1.4.0");
      assertThat(script.call("math/own")).isEqualTo("2.2.0");
      assertThat(script.call("math@1/path")).isEqualTo("math/path");
    }
  }

  @Test
  void whatIsNotThereNamesTheVersions() {
    try (var script = ScriptNode.start(folder, THREE)) {
      assertThatThrownBy(() -> script.call("math@4/which"))
          .hasMessage(
              "No handler found for action math@4/which: service \"math\" has the versions 1.4.0,"
                  + " 2.1.0, 2.2.0, 3.0.0-beta.1");
      assertThatThrownBy(() -> script.call("math/old"))
          .hasMessageStartingWith(
              "No handler found for action math/old: service \"math\" 2.2.0 has")
          .hasMessageEndingWith("; there are the versions 1.4.0, 2.1.0, 2.2.0, 3.0.0-beta.1");
      assertThatThrownBy(() -> script.call("math@nonsense/which"))
          .hasMessageContaining("\"nonsense\" names no versions; write 2, 2.x, ^2.1");
      assertThatThrownBy(() -> script.call("math@/which"))
          .hasMessageContaining("there is no version after '@'");
    }
  }

  @Test
  void theSameVersionTwiceIsRefused() {
    try (var script = ScriptNode.start(folder, THREE)) {
      Service second = Service.at("math").name("other").version("2.1.0").build();
      assertThatThrownBy(() -> ScriptNode.value(script.node.addService(second)))
          .hasMessage(
              "service path \"math\" is taken by \"math\" in version 2.1.0; choose another path or"
                  + " version");
      Service wrong = Service.at("other").version("2").build();
      assertThatThrownBy(() -> ScriptNode.value(script.node.addService(wrong)))
          .hasMessage(
              "service \"other\": version \"2\" is not major.minor.patch; did you mean 2.0.0?");
    }
  }

  @Test
  void eventsAreUnderThePlainPath() throws Exception {
    try (var script = ScriptNode.start(folder, THREE)) {
      var receipt = script.node.publish("math/tick", Payload.of(1)).get(10, TimeUnit.SECONDS);
      assertThat(receipt.matched()).isEqualTo(4);
      assertThatThrownBy(() -> ScriptNode.value(script.node.publish("math@2/tick", Payload.of(1))))
          .hasMessageContaining("only a request");
    }
  }

  @Test
  void versionsComeFromJavaToo() {
    try (var script = ScriptNode.start(folder, THREE)) {
      Service four =
          Service.at("math")
              .version("4.0.0")
              .action("which", (payload, context) -> Payload.of("4.0.0"))
              .action("own", (payload, context) -> context.request("which", payload).join())
              .build();
      script.node.addService(four).join();
      assertThat(script.call("math/which")).isEqualTo("4.0.0");
      assertThat(script.call("math@4/own")).isEqualTo("4.0.0");
      assertThat(script.call("math@1/own")).isEqualTo("1.4.0");
    }
  }

  @Test
  void aReloadKnowsEachVersionAgain() {
    String text =
        """
        import { Node } from "runar-ts";
        const node = new Node();
        let count = 0;
        const state = { save: () => count, restore: (saved: number) => { count = saved; } };
        node.addService({
          name: "a", path: "a", version: "VERSION", state,
          actions: { next: () => ++count, which: () => "VERSION" },
        });
        node.addService({
          name: "a", path: "a", version: "0.1.0", actions: { which: () => "old TEXT" },
        });
        await node.start();
        """;
    try (var script =
        ScriptNode.start(folder, text.replace("VERSION", "1.0.0").replace("TEXT", "x"))) {
      assertThat(script.call("a/next")).isEqualTo(1);
      script.file("app.ts", text.replace("VERSION", "1.1.0").replace("TEXT", "y"));
      ScriptNode.value(script.node.reload(script.path("app.ts")));
      assertThat(script.call("a/which")).isEqualTo("1.1.0");
      assertThat(script.call("a/next")).isEqualTo(2);
      assertThat(script.call("a@0/which")).isEqualTo("old y");
      assertThatThrownBy(() -> script.call("a@1.0.0/which"))
          .hasMessageContaining("has the versions 0.1.0, 1.1.0");
    }
  }
}
