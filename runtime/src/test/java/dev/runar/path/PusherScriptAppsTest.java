package dev.runar.path;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Apps that a function of a script finds. */
@Timeout(60)
class PusherScriptAppsTest {
  private static final String SCRIPT =
      """
      import { Node } from "runar-ts";
      const node = new Node();
      const asked: unknown[] = [];
      let state = "well";
      node.broker.apps(async ({ id, key }) => {
        asked.push(id ?? key);
        if (state !== "well") throw new Error("the table is gone");
        switch (id ?? key) {
          case "found": return { id: "found", key: "found", secret: "s", limits: { connections: 5 } };
          case "wrong": return { id: "wrong", key: "wrong", secret: "hidden", orgins: [] };
          case "other": return { id: "mine", key: "mine", secret: "s" };
          case "text": return "app" as never;
          case "broken": throw new Error("bug");
          case "late": await new Promise(() => {});
        }
        return null;
      });
      node.addService({
        name: "s", path: "s",
        actions: {
          asked: () => asked,
          becomes: (next) => { state = next; },
          publish: (id) => node.broker.app(id).channel("news").publish("said", "hello"),
        },
      });
      """;

  @TempDir Path folder;

  private PusherScript start() {
    return PusherScript.start(folder, List.of(PusherScript.APP), SCRIPT);
  }

  @Test
  void anAppIsFoundOnceAndHasWhatTheFunctionSays() {
    try (var node = start();
        var client = PusherScript.connected(node.open("found"));
        var second = PusherScript.connected(node.open("found"))) {
      assertThat(client.subscribe("news")).contains("succeeded");
      var _ = node.app.call("s/publish", List.of("found"));
      assertThat(client.untilPong()).anyMatch(message -> message.contains("hello"));
      assertThat(second.untilPong()).isEmpty();
      assertThat(node.app.json("s/asked")).isEqualTo("[\"found\",\"found\"]"); // key, then id
      node.app.call("s/becomes", List.of("ill"));
      try (var third = PusherScript.connected(node.open("found"))) {
        assertThat(third.untilPong()).isEmpty();
      }
    }
  }

  @Test
  void thoseOfTheConfigurationGoBefore() {
    try (var node = start();
        var client = node.connect()) {
      assertThat(client.untilPong()).isEmpty();
      assertThat(node.app.json("s/asked")).isEqualTo("[]");
    }
  }

  @Test
  void whatItDoesNotKnowIsUnknown() {
    try (var node = start()) {
      assertThat(node.open("unknown").closed()).startsWith("4001");
      assertThat(node.open("other").closed()).as("another app").startsWith("4001");
    }
  }

  @Test
  void whatIsNoAppIsToldInTheLogWithoutItsSecret() {
    try (var node = start()) {
      assertThat(node.open("wrong").closed()).startsWith("4100");
      assertThat(node.open("text").closed()).startsWith("4100");
      assertThat(node.app.logged("unknown key \"app.orgins\"")).isNotEmpty();
      assertThat(node.app.logged("hidden")).isEmpty();
    }
  }

  @Test
  void aFunctionThatThrowsOrIsLateSendsClientsAwayForAWhile() {
    try (var node = start()) {
      assertThat(node.open("broken").closed()).startsWith("4100");
      assertThat(node.open("late").closed()).startsWith("4100");
    }
  }

  @Test
  void theDialectIsSpokenForTheFunctionAlone() {
    try (var node = PusherScript.start(folder, List.of(), SCRIPT);
        var client = PusherScript.connected(node.open("found"))) {
      assertThat(client.subscribe("news")).contains("succeeded");
    }
  }
}
