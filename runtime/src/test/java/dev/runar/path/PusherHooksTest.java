package dev.runar.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.runar.ActionOptions;
import dev.runar.Payload;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.Service;
import dev.runar.internal.protocol.pusher.Signature;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a script says to what the clients of an app would do. */
@Timeout(60)
class PusherHooksTest {
  private static final String HEAD =
      """
      import { action, Node, PermissionError } from "runar-ts";
      const node = new Node();
      const seen: unknown[] = [];
      const tick = () => new Promise((resolve) => setTimeout(resolve, 20));
      const never = () => new Promise<boolean>(() => {});
      let release: () => void;
      const released = new Promise<void>((resolve) => { release = resolve; });
      node.addService({ name: "s", path: "s", actions: {
        seen: () => seen,
        release: () => release(),
        hidden: action({ visibility: "private", handler: () => true }),
        denied: () => { throw new PermissionError("denied to the hook"); },
      } });
      """;

  @TempDir Path folder;

  private PusherScript start(String hooks) {
    return PusherScript.start(folder, HEAD + said(5_000, hooks));
  }

  /** For hooks that are meant to be late. */
  private PusherScript startImpatient(String hooks) {
    return PusherScript.start(folder, HEAD + said(200, hooks));
  }

  private static String said(int timeoutMs, String hooks) {
    return "node.broker.app(\"app\").hooks({ timeout: %d, %s });\n".formatted(timeoutMs, hooks);
  }

  private static Map<String, Object> counts(PusherScript node, String hook) {
    var port = ScriptNode.map(node.app.status().get("port"));
    return ScriptNode.map(
        ScriptNode.map(ScriptNode.map(port.get("pusher")).get("hooks")).get(hook));
  }

  @Test
  void aClientThatMayConnectIsDescribed() {
    try (var node =
            start(
                """
                onConnect: async (client, ctx) => { await tick(); seen.push(client, ctx.servicePath); },
                """);
        var client = node.connect()) {
      assertThat(node.app.json("s/seen"))
          .matches(
              "\\[\\{\"socketId\":\""
                  + client.socketId()
                  + "\",\"remoteAddress\":\"127.0.0.1:\\d+\",\"origin\":null,\"secure\":false,"
                  + "\"query\":\\{\"protocol\":\"7\",\"client\":\"js\",\"version\":\"8.6.0\","
                  + "\"flash\":\"false\"}},\"\\$hooks-app\"]");
      assertThat(counts(node, "connect")).containsEntry("allowed", 1L);
    }
  }

  @Test
  void aClientThatMayNotConnectIsClosedWith4009() {
    try (var node = start("onConnect: () => { throw new PermissionError(\"members only\"); }")) {
      var client = node.open();
      assertThat(client.next())
          .isEqualTo(
              "{\"event\":\"pusher:error\",\"data\":{\"code\":4009,\"message\":\"members only\"}}");
      assertThat(client.closed()).startsWith("4009");
      assertThat(counts(node, "connect")).containsEntry("refused", 1L);
    }
  }

  @Test
  void falseRefusesToo() {
    try (var node = start("onConnect: async () => { await tick(); return false; }")) {
      var client = node.open();
      assertThat(client.next()).contains("4009").contains("the app does not allow it");
      assertThat(client.closed()).startsWith("4009");
    }
  }

  @Test
  void aHookOfConnectThatThrowsSendsClientsAwayForAWhile() {
    try (var node = start("onConnect: () => { throw new TypeError(\"bug\"); }")) {
      for (int i = 0; i < 2; i++) {
        var client = node.open();
        assertThat(client.next())
            .isEqualTo(
                "{\"event\":\"pusher:error\",\"data\":{\"code\":4100,"
                    + "\"message\":\"the app could not decide; try again later\"}}");
        assertThat(client.closed()).startsWith("4100");
      }
      assertThat(counts(node, "connect"))
          .isEqualTo(Map.of("allowed", 0L, "refused", 0L, "failed", 2L, "late", 0L));
      assertThat(node.app.logged("a hook of an app failed")).hasSize(1);
    }
  }

  @Test
  void soDoesOneThatIsLate() {
    try (var node = startImpatient("onConnect: never")) {
      var client = node.open();
      assertThat(client.next()).contains("4100");
      assertThat(client.closed()).startsWith("4100");
      assertThat(counts(node, "connect")).containsEntry("late", 1L);
    }
  }

  @Test
  void whatIsSaidBeforeTheConnectionIsThereIsRefusedInOrder() {
    try (var node = start("onConnect: () => released")) {
      var client = node.open();
      client.send("{\"event\":\"pusher:ping\",\"data\":{}}");
      assertThat(client.next()).contains("not established yet");
      node.app.call("s/release");
      assertThat(client.next()).contains("pusher:connection_established");
    }
  }

  @Test
  void subscriptionsAreAllowedRefusedAndUndecidedInTheirOrder() {
    try (var node =
            start(
                """
                onSubscribe: async ({ channel }) => {
                  if (channel === "slow") { await tick(); await tick(); }
                  if (channel === "no") return false;
                  if (channel === "never") throw new PermissionError("not there");
                  if (channel === "broken") throw new Error("bug");
                },
                """);
        var client = node.connect()) {
      for (String channel : List.of("slow", "no", "never", "broken", "last")) {
        client.say(PusherNode.Connected.subscribing(channel, ""));
      }
      client.say("{\"event\":\"pusher:ping\",\"data\":{}}");
      assertThat(client.next()).contains("subscription_succeeded").contains("\"slow\"");
      assertThat(client.next())
          .isEqualTo(
              "{\"event\":\"pusher:subscription_error\",\"channel\":\"no\",\"data\":\"{\\\"type\\\":\\\"AuthError\\\",\\\"error\\\":\\\"the"
                  + " app does not allow it\\\",\\\"status\\\":403}\"}");
      assertThat(client.next()).contains("\"never\"").contains("not there").contains("403");
      assertThat(client.next()).contains("\"broken\"").contains("ServerError").contains("503");
      assertThat(client.next()).contains("subscription_succeeded").contains("\"last\"");
      assertThat(client.next()).contains("pusher:pong");
      assertThat(counts(node, "subscribe"))
          .isEqualTo(Map.of("allowed", 2L, "refused", 2L, "failed", 1L, "late", 0L));
    }
  }

  @Test
  void aSubscriptionThatIsDecidedTooLateIsRefused() {
    try (var node = startImpatient("onSubscribe: never");
        var client = node.connect()) {
      assertThat(client.subscribe("late")).contains("\"late\"").contains("503");
      assertThat(counts(node, "subscribe")).containsEntry("late", 1L);
    }
  }

  @Test
  void whoWouldSubscribeIsKnownWhereASignatureSaysIt() {
    try (var node = start("onSubscribe: (subscription) => { seen.push(subscription); }");
        var client = node.connect()) {
      String member = "{\"user_id\":7,\"user_info\":{\"name\":\"Ann\"}}";
      String auth = "key:" + Signature.sign("secret", client.socketId() + ":presence-a:" + member);
      client.say(
          Payload.object(
                  "event",
                  "pusher:subscribe",
                  "data",
                  Map.of("channel", "presence-a", "auth", auth, "channel_data", member))
              .text());
      assertThat(client.next()).contains("subscription_succeeded");
      assertThat(node.app.json("s/seen"))
          .contains("\"userId\":\"7\",\"channel\":\"presence-a\",\"userInfo\":{\"name\":\"Ann\"}}");
      client.say(PusherNode.Connected.subscribing("private-a", "key:wrong"));
      assertThat(client.next()).contains("401");
      assertThat(counts(node, "subscribe")).containsEntry("allowed", 1L);
    }
  }

  @Test
  void clientEventsPassOrAreRefusedInTheirOrder() {
    try (var node =
            start(
                """
                onClientEvent: async ({ data, event, channel, userId }) => {
                  await tick();
                  seen.push([event, channel, data, userId]);
                  if (data.n === 2) throw new PermissionError("no twos");
                  if (data.n === 3) throw new Error("bug");
                },
                """);
        var sender = node.connect();
        var other = node.connect()) {
      assertThat(sender.subscribe("private-a")).contains("succeeded");
      assertThat(other.subscribe("private-a")).contains("succeeded");
      for (int i = 1; i <= 5; i++) {
        sender.trigger("private-a", "client-x", "{\"n\": " + i + "}");
      }
      sender.say("{\"event\":\"pusher:unsubscribe\",\"data\":{\"channel\":\"private-a\"}}");
      List<String> answers = sender.untilPong();
      assertThat(answers)
          .satisfiesExactly(
              two -> assertThat(two).contains("4301").contains("no twos"),
              three -> assertThat(three).contains("4301").contains("could not decide"));
      assertThat(List.of(other.next(), other.next(), other.next()))
          .satisfiesExactly(
              first -> assertThat(first).contains("\"data\":{\"n\": 1}"),
              second -> assertThat(second).contains("\"n\": 4"),
              third -> assertThat(third).contains("\"n\": 5"));
      assertThat(node.app.json("s/seen"))
          .startsWith("[[\"client-x\",\"private-a\",{\"n\":1},null],");
    }
  }

  @Test
  void theEndOfAConnectionIsToldOnce() {
    try (var node =
        start(
            """
            onConnect: ({ query }) => query.version !== undefined,
            onDisconnect: ({ socketId, code, reason, userId }) => { seen.push([socketId, code, reason, userId]); },
            """)) {
      assertThat(node.app.connect("/app/key?protocol=7").closed()).startsWith("4009");
      var client = node.connect();
      client.client().close(3001, "done");
      await().untilAsserted(() -> assertThat(node.app.json("s/seen")).contains("done"));
      assertThat(node.app.json("s/seen"))
          .isEqualTo("[[\"" + client.socketId() + "\",3001,\"done\",null]]");
    }
  }

  @Test
  void aProgramInJavaHasThemToo() {
    try (var node = PusherScript.start(folder, HEAD)) {
      node.node()
          .addService(
              Service.at("$hooks-app")
                  .action(
                      "subscribe",
                      (input, context) -> {
                        throw new RunarException(Code.PERMISSION_DENIED, "not in Java");
                      })
                  .build())
          .join();
      try (var client = node.connect()) {
        assertThat(client.subscribe("news")).contains("403").contains("not in Java");
        node.node().removeService("$hooks-app").join();
        assertThat(client.subscribe("news")).contains("succeeded");
      }
    }
  }

  @Test
  void whatMayNotBeCalledIsNoRefusalAndItsPathIsNotTold() {
    try (var node =
            start(
                """
                onSubscribe: ({ channel }, ctx) => ctx.request(channel === "a" ? "s/hidden" : "s/denied"),
                """);
        var client = node.connect()) {
      for (String channel : List.of("a", "b")) {
        assertThat(client.subscribe(channel)).contains("503").doesNotContain("hidden", "denied");
      }
      assertThat(counts(node, "subscribe"))
          .containsEntry("failed", 2L)
          .containsEntry("refused", 0L);
      assertThat(node.app.logged("a hook of an app failed")).hasSize(1);
    }
  }

  @Test
  void aHookThatMayNotBeCalledHasFailed() {
    try (var node = PusherScript.start(folder, HEAD)) {
      var options = ActionOptions.builder().visibility(ActionOptions.Visibility.PRIVATE).build();
      node.node()
          .addService(
              Service.at("$hooks-app")
                  .action("subscribe", options, (input, context) -> Payload.of(true))
                  .build())
          .join();
      try (var client = node.connect()) {
        assertThat(client.subscribe("news")).contains("503").doesNotContain("$hooks", "private");
        assertThat(counts(node, "subscribe")).containsEntry("failed", 1L);
      }
    }
  }

  @Test
  void aScriptThatIsLoadedAnewHandsItsHooksOver() throws Exception {
    try (var node = start("onSubscribe: ({ channel }) => channel === \"old\"");
        var client = node.connect()) {
      assertThat(client.subscribe("new")).contains("403");
      String changed = HEAD + said(5_000, "onSubscribe: ({ channel }) => channel === \"new\"");
      Files.writeString(node.app.path("app.ts"), changed);
      ScriptNode.value(node.node().reload(node.app.path("app.ts")));
      assertThat(client.subscribe("new")).contains("succeeded");
      assertThat(client.subscribe("old")).contains("403");
      Files.writeString(node.app.path("app.ts"), HEAD);
      ScriptNode.value(node.node().reload(node.app.path("app.ts")));
      assertThat(client.subscribe("old")).contains("succeeded");
    }
  }

  @Test
  void whileAHookSpinsNobodyGetsIn() {
    try (var node = startImpatient("onConnect: () => { for (;;) {} }")) {
      var client = node.open();
      assertThat(client.next()).contains("4100");
      assertThat(client.closed()).startsWith("4100");
    }
  }
}
