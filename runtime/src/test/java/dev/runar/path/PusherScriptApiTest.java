package dev.runar.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.runar.Payload;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.internal.protocol.pusher.Signature;
import java.net.http.WebSocketHandshakeException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a script does with the channels and the users of an app. */
@Timeout(60)
class PusherScriptApiTest {
  private static final String SCRIPT =
      """
      import { Node } from "runar-ts";
      const node = new Node();
      const app = node.broker.app("app");
      node.addService({
        name: "s", path: "s",
        actions: {
          publish: (channel, event, data, except) =>
            app.channel(channel).publish(event, data, except === null ? {} : { except }),
          elsewhere: (id) => node.broker.app(id).channel("news").publish("said", 1),
          members: (channel) => app.channel(channel).presence(),
          history: (channel) => app.channel(channel).history(),
          send: (user, event, data) => app.user(user).send(event, data),
          disconnect: (user) => app.user(user).disconnect(),
          unheard: async () => {
            try { await app.channel("news").publish("n", 1n); } catch (error) { return String(error); }
          },
        },
      });
      """;

  @TempDir Path folder;

  private PusherScript start() {
    return PusherScript.start(folder, SCRIPT);
  }

  private static @Nullable Object call(PusherScript node, String action, @Nullable Object... with) {
    return node.app.call("s/" + action, java.util.Arrays.asList(with));
  }

  private static Code code(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    return NodeFixture.failure(call).code();
  }

  @Test
  void whatItPublishesReachesSubscribersAsAServersEventsDo() {
    try (var node = start();
        var one = node.connect();
        var other = node.connect()) {
      assertThat(one.subscribe("news")).contains("succeeded");
      assertThat(other.subscribe("news")).contains("succeeded");
      call(node, "publish", "news", "said", Map.of("text", "hé"), null);
      assertThat(one.next())
          .isEqualTo(
              "{\"channel\":\"news\",\"event\":\"said\",\"data\":\"{\\\"text\\\":\\\"hé\\\"}\"}");
      assertThat(other.next()).contains("said");
      call(node, "publish", "news", "said", "plain", one.socketId());
      assertThat(other.next())
          .isEqualTo("{\"channel\":\"news\",\"event\":\"said\",\"data\":\"plain\"}");
      call(node, "publish", "news", "nothing", null, null);
      assertThat(one.next()).contains("\"event\":\"nothing\",\"data\":\"null\"");
    }
  }

  @Test
  void whatAServerMayNotPublishItMayNotEither() {
    var small =
        PusherScript.APP.withLimits(
            PusherScript.APP.limits().withMessageBytes(10).withEventsPerSecond(2));
    var off = small.withId("off").withKey("off").withEnabled(false);
    try (var node = PusherScript.start(folder, List.of(small, off), SCRIPT)) {
      assertThat(code(() -> call(node, "publish", "a b", "said", 1, null)))
          .isEqualTo(Code.INVALID_INPUT);
      assertThat(code(() -> call(node, "publish", "news", "", 1, null)))
          .isEqualTo(Code.INVALID_INPUT);
      assertThat(code(() -> call(node, "publish", "news", "pusher:error", 1, null)))
          .isEqualTo(Code.INVALID_INPUT);
      assertThat(code(() -> call(node, "publish", "news", "said", 1, "nobody")))
          .isEqualTo(Code.INVALID_INPUT);
      assertThat(code(() -> call(node, "publish", "news", "said", "x".repeat(11), null)))
          .isEqualTo(Code.TOO_LARGE);
      assertThat(code(() -> call(node, "elsewhere", "nowhere"))).isEqualTo(Code.NOT_FOUND);
      assertThat(code(() -> call(node, "elsewhere", "off"))).isEqualTo(Code.PERMISSION_DENIED);
      assertThat(code(() -> call(node, "elsewhere", "not an id"))).isEqualTo(Code.INVALID_INPUT);
      assertThat(
              code(
                  () -> {
                    for (int i = 0; i < 1_000; i++) {
                      call(node, "publish", "news", "said", 1, null);
                    }
                  }))
          .isEqualTo(Code.OVERLOADED);
      assertThat(call(node, "unheard")).asString().contains("UnsupportedValueError");
    }
  }

  @Test
  void clientsOfThePortDoNotReachIt() {
    try (var node = start();
        Client client = node.app.connect("/topics")) {
      client.send(
          "{\"request\":\"$broker/publish\",\"id\":1,\"data\":{\"app\":\"app\",\"channel\":\"news\"}}");
      assertThat(client.next()).contains("PERMISSION_DENIED");
    }
  }

  @Test
  void itSeesWhoIsThere() {
    try (var node = start();
        var client = node.connect()) {
      assertThat(call(node, "members", "presence-a")).isEqualTo(List.of());
      String member = "{\"user_id\":\"7\",\"user_info\":{\"name\":\"Ann\"}}";
      String auth = "key:" + Signature.sign("secret", client.socketId() + ":presence-a:" + member);
      client.say(
          Payload.object(
                  "event",
                  "pusher:subscribe",
                  "data",
                  Map.of("channel", "presence-a", "auth", auth, "channel_data", member))
              .text());
      assertThat(client.next()).contains("subscription_succeeded");
      assertThat(call(node, "members", "presence-a"))
          .isEqualTo(List.of(Map.of("id", "7", "info", Map.of("name", "Ann"))));
      assertThat(code(() -> call(node, "members", "news"))).isEqualTo(Code.INVALID_INPUT);
    }
  }

  @Test
  void itReachesAndDisconnectsAUser() {
    try (var node = start();
        var client = node.connect()) {
      String user = "{\"id\":\"7\"}";
      String auth = "key:" + Signature.sign("secret", client.socketId() + "::user::" + user);
      client.say(
          Payload.object("event", "pusher:signin", "data", Map.of("auth", auth, "user_data", user))
              .text());
      assertThat(client.next()).contains("signin_success");
      assertThat(client.subscribe("#server-to-user-7")).contains("succeeded");
      call(node, "send", "7", "order", Map.of("ready", true));
      assertThat(client.next()).contains("\"event\":\"order\"").contains("ready");
      call(node, "send", "8", "order", 1);
      assertThat(code(() -> call(node, "send", "a\u0007", "order", 1)))
          .isEqualTo(Code.INVALID_INPUT);
      assertThat(call(node, "disconnect", "7")).isEqualTo(1);
      assertThat(client.next()).contains("4009");
      assertThat(client.client().closed()).startsWith("4009");
      await().untilAsserted(() -> assertThat(call(node, "disconnect", "7")).isEqualTo(0));
    }
  }

  @Test
  void aCacheChannelHasItsLastEvent() {
    try (var node = start()) {
      assertThat(call(node, "history", "cache-a")).isEqualTo(List.of());
      call(node, "publish", "cache-a", "one", 1, null);
      call(node, "publish", "cache-a", "two", Map.of("n", 2), null);
      call(node, "publish", "news", "three", 3, null);
      assertThat(node.app.json("s/history", "cache-a"))
          .matches(
              "\\[\\{\"event\":\"two\",\"data\":\\{\"n\":2},\"userId\":null,\"timestamp\":\\d{13}}]");
      assertThat(call(node, "history", "news")).isEqualTo(List.of());
    }
  }

  @Test
  void anAppMayHaveTheLastEventsOfEveryChannel() {
    var app = PusherScript.APP.withLimits(PusherScript.APP.limits().withHistoryEvents(3));
    try (var node = PusherScript.start(folder, List.of(app), SCRIPT);
        var client = node.connect()) {
      assertThat(client.subscribe("private-a")).contains("succeeded");
      for (int i = 0; i < 4; i++) {
        call(node, "publish", "private-a", "n" + i, i, null);
        assertThat(client.next()).contains("n" + i);
      }
      client.trigger("private-a", "client-x", "{\"n\":9}");
      assertThat(client.untilPong()).isEmpty();
      assertThat(node.app.json("s/history", "private-a"))
          .matches(
              "\\[\\{\"event\":\"n2\",\"data\":2,.*},\\{\"event\":\"n3\",\"data\":3,.*},"
                  + "\\{\"event\":\"client-x\",\"data\":\\{\"n\":9},.*}]");
      assertThat(call(node, "history", "private-b")).isEqualTo(List.of());
    }
  }

  @Test
  void withoutAppsItIsToldSo() {
    try (var node = PusherScript.start(folder, List.of(), SCRIPT)) {
      assertThatThrownBy(() -> call(node, "elsewhere", "app"))
          .isInstanceOf(RunarException.class)
          .hasMessageContaining("the node has no apps");
      assertThatThrownBy(node::open).hasCauseInstanceOf(WebSocketHandshakeException.class);
    }
  }
}
