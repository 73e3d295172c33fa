package dev.runar.path;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.path.PusherNode.Connected;
import dev.runar.path.PusherServer.Answer;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rows P67 to P77: what the HTTP API of the Pusher dialect does. */
@Timeout(60)
class PusherHttpApiTest {
  private static PusherNode pusher;
  private static PusherServer server;

  @BeforeAll
  static void start() {
    pusher = PusherNode.start();
    server = new PusherServer(pusher.node.urls().getFirst(), PusherNode.APP);
  }

  @AfterAll
  static void stop() {
    pusher.close();
  }

  @Test
  void p67AnEventReachesTheSubscribersOfEachChannel() {
    try (Connected one = pusher.connect();
        Connected two = pusher.connect()) {
      one.subscribe("news");
      two.subscribe("sport");
      String data = "{\\\"text\\\":\\\"h\\u00e9 \\\\n\\\"}";

      Answer answer =
          server.post(
              "events",
              "{\"name\":\"goal\",\"data\":\"%s\",\"channels\":[\"news\",\"sport\",\"news\"]}"
                  .formatted(data));

      assertThat(answer).hasToString("200 {}");
      assertThat(answer.response().headers().firstValue("content-type"))
          .hasValue("application/json");
      assertThat(untilEvent(one, "goal"))
          .isEqualTo(
              "{\"channel\":\"news\",\"event\":\"goal\",\"data\":\"{\\\"text\\\":\\\"hé \\\\n"
                  + "\\\"}\"}");
      assertThat(untilEvent(two, "goal")).contains("\"channel\":\"sport\"");
      assertThat(one.untilPong()).noneMatch(message -> message.contains("goal"));
    }
  }

  private static String untilEvent(Connected client, String name) {
    String message = client.next();
    while (!message.contains("\"event\":\"" + name + "\"")) {
      message = client.next();
    }
    return message;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{|the body is not JSON",
        "[]|the body must be a JSON object",
        "{\"data\":\"d\",\"channel\":\"c\"}|name is missing",
        "{\"name\":\"\",\"data\":\"d\",\"channel\":\"c\"}|name must have 1 to 200 characters",
        "{\"name\":\"e\",\"channel\":\"c\"}|data is missing",
        "{\"name\":\"e\",\"data\":{},\"channel\":\"c\"}|data must be a text",
        "{\"name\":\"e\",\"data\":\"d\"}|either channels or channel must be there",
        "{\"name\":\"e\",\"data\":\"d\",\"channel\":\"c\",\"channels\":[\"c\"]}|either channels or",
        "{\"name\":\"e\",\"data\":\"d\",\"channels\":[]}|channels must be a list of names",
        "{\"name\":\"e\",\"data\":\"d\",\"channels\":\"c\"}|channels must be a list of names",
        "{\"name\":\"e\",\"data\":\"d\",\"channels\":[1]}|the name of a channel has at most 200",
        "{\"name\":\"e\",\"data\":\"d\",\"channel\":\"a/b\"}|the name of a channel has at most 200",
        "{\"name\":\"pusher:e\",\"data\":\"d\",\"channel\":\"c\"}|names that begin with pusher:",
        "{\"name\":\"e\",\"data\":\"d\",\"channel\":\"c\",\"socket_id\":\"x\"}|socket_id must be",
        "{\"name\":\"e\",\"data\":\"d\",\"channel\":\"c\",\"info\":\"mood\"}|info knows user_count"
      })
  void p68AWrongEventIsRefusedWithWhatIsWrong(String body, String message) {
    assertThat(server.post("events", body).toString()).startsWith("400 ").contains(message);
  }

  @Test
  void p68TheBoundsOfAnEvent() {
    assertThat(server.post("events", event("n".repeat(200), "d", "c"))).hasToString("200 {}");
    assertThat(server.post("events", event("n".repeat(201), "d", "c")).status()).isEqualTo(400);
    assertThat(server.post("events", event("n", "d".repeat(10_240), "c")).status()).isEqualTo(200);
    assertThat(server.post("events", event("n", "d".repeat(10_241), "c")).toString())
        .isEqualTo("413 {\"error\":\"data has at most 10240 bytes, not 10241\"}");
    assertThat(server.post("events", event("n", "é".repeat(5_121), "c")).status()).isEqualTo(413);
    assertThat(server.post("events", event("n", "d", "c".repeat(201))).status()).isEqualTo(400);
    assertThat(server.post("events", eventOf(100)).status()).isEqualTo(200);
    assertThat(server.post("events", eventOf(101)).toString())
        .startsWith("400 ")
        .contains("at most 100 channels, not 101");
    assertThat(server.post("events", " ".repeat(262_145)).status()).isEqualTo(413);
  }

  private static String event(String name, String data, String channel) {
    return "{\"name\":\"%s\",\"data\":\"%s\",\"channel\":\"%s\"}".formatted(name, data, channel);
  }

  private static String eventOf(int channels) {
    String names =
        IntStream.range(0, channels)
            .mapToObj(i -> "\"c" + i + "\"")
            .collect(Collectors.joining(","));
    return "{\"name\":\"e\",\"data\":\"d\",\"channels\":[" + names + "]}";
  }

  @Test
  void p69TheNamedSocketDoesNotGetIt() {
    try (Connected sender = pusher.connect();
        Connected other = pusher.connect()) {
      sender.subscribe("room");
      other.subscribe("room");
      String body =
          "{\"name\":\"said\",\"data\":\"d\",\"channel\":\"room\",\"socket_id\":\"%s\"}"
              .formatted(sender.socketId());

      assertThat(server.post("events", body)).hasToString("200 {}");

      assertThat(untilEvent(other, "said")).contains("\"channel\":\"room\"");
      assertThat(sender.untilPong()).noneMatch(message -> message.contains("said"));
    }
  }

  @Test
  void p70AnEventIsAnsweredWithWhatIsAsked() {
    try (Connected one = pusher.connect();
        Connected two = pusher.connect()) {
      one.subscribe("counted");
      two.subscribe("counted");
      String body =
          "{\"name\":\"e\",\"data\":\"d\",\"channels\":[\"counted\",\"empty\",\"presence-x\"],"
              + "\"info\":\"user_count,subscription_count\"}";

      assertThat(server.post("events", body))
          .hasToString(
              "200 {\"channels\":{\"counted\":{\"subscription_count\":2},"
                  + "\"empty\":{\"subscription_count\":0},\"presence-x\":{\"user_count\":0}}}");
    }
  }

  @Test
  void p71ABatchIsPublishedInItsOrder() {
    try (Connected client = pusher.connect()) {
      client.subscribe("batched");
      String batch =
          IntStream.range(0, 10)
              .mapToObj(i -> event("e" + i, "d", "batched"))
              .collect(Collectors.joining(",", "{\"batch\":[", "]}"));

      assertThat(server.post("batch_events", batch)).hasToString("200 {}");

      for (int i = 0; i < 10; i++) {
        assertThat(untilEvent(client, "e" + i)).contains("\"channel\":\"batched\"");
      }
      String asking = event("e", "d", "batched").replace("}", ",\"info\":\"subscription_count\"}");
      assertThat(
              server.post(
                  "batch_events", "{\"batch\":[%s,%s]}".formatted(asking, event("e", "d", "x"))))
          .hasToString("200 {\"batch\":[{\"subscription_count\":1},{}]}");
    }
  }

  @Test
  void p71AWrongBatchPublishesNothing() {
    String eleven = String.join(",", Collections.nCopies(11, event("e", "d", "c")));
    assertThat(server.post("batch_events", "{\"batch\":[" + eleven + "]}").toString())
        .startsWith("400 ")
        .contains("at most 10 events, not 11");
    assertThat(server.post("batch_events", "{\"batch\":[]}")).hasToString("200 {}");
    assertThat(server.post("batch_events", "{}").status()).isEqualTo(400);
    try (Connected client = pusher.connect()) {
      client.subscribe("whole");
      String halfRight = "{\"batch\":[%s,{\"name\":\"e\"}]}".formatted(event("e", "d", "whole"));
      assertThat(server.post("batch_events", halfRight).status()).isEqualTo(400);
      assertThat(client.untilPong()).noneMatch(message -> message.contains("\"event\":\"e\""));
    }
  }

  @Test
  void p72OnlyOccupiedChannelsAreListed() {
    try (Connected client = pusher.connect()) {
      client.subscribe("list-one");
      client.subscribe("list-two");
      client.subscribe("private-list");

      assertThat(server.get("channels", Map.of("filter_by_prefix", "list-")))
          .hasToString("200 {\"channels\":{\"list-one\":{},\"list-two\":{}}}");
      assertThat(
              server.get(
                  "channels", Map.of("filter_by_prefix", "list-o", "info", "subscription_count")))
          .hasToString("200 {\"channels\":{\"list-one\":{\"subscription_count\":1}}}");
      assertThat(server.get("channels").body()).contains("private-list");
    }
    assertThat(server.get("channels", Map.of("filter_by_prefix", "nothing-")))
        .hasToString("200 {\"channels\":{}}");
    for (String prefix : new String[] {"", "list-", "presence"}) {
      assertThat(
              server
                  .get("channels", Map.of("filter_by_prefix", prefix, "info", "user_count"))
                  .status())
          .isEqualTo(400);
    }
  }

  @Test
  void p73ThousandsOfChannelsAreListedOffTheEventLoop() {
    try (Connected one = pusher.connect();
        Connected two = pusher.connect();
        Connected three = pusher.connect()) {
      List<Connected> clients = List.of(one, two, three);
      for (int i = 0; i < 2_400; i++) {
        clients.get(i % 3).say(Connected.subscribing("many-" + i, ""));
      }
      clients.forEach(Connected::untilPong);
      Answer answer = server.get("channels", Map.of("filter_by_prefix", "many-"));
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.body().split("many-", -1)).hasSize(2_401);
      assertThat(server.get("channels", Map.of("info", "cache")).status()).isEqualTo(400);
    }
  }

  @Test
  void p73OneChannel() {
    try (Connected client = pusher.connect()) {
      client.subscribe("single");

      assertThat(server.get("channels/single")).hasToString("200 {\"occupied\":true}");
      assertThat(server.get("channels/single", Map.of("info", "subscription_count")))
          .hasToString("200 {\"occupied\":true,\"subscription_count\":1}");
    }
    assertThat(server.get("channels/nobody")).hasToString("200 {\"occupied\":false}");
    assertThat(server.get("channels/nobody", Map.of("info", "user_count")).status()).isEqualTo(400);
    assertThat(server.get("channels/nobody", Map.of("info", "cache")).status()).isEqualTo(400);
    assertThat(server.get("channels/nobody", Map.of("info", "mood")).status()).isEqualTo(400);
    assertThat(server.get("channels/a+b").status()).isEqualTo(400);
  }

  @Test
  void p73TheEventThatACacheChannelRemembers() {
    Map<String, String> asked = Map.of("info", "cache");
    assertThat(server.get("channels/cache-told", asked))
        .hasToString("200 {\"occupied\":false,\"cache\":null}");

    server.post("events", event("e", "{\\\"a\\\":1}", "cache-told"));

    assertThat(server.get("channels/cache-told", asked).body())
        .matches(
            "\\{\"occupied\":false,\"cache\":\\{\"(data\":\"\\{\\\\\"a\\\\\":1}\",\"ttl\":1[78]\\d\\d"
                + "|ttl\":1[78]\\d\\d,\"data\":\"\\{\\\\\"a\\\\\":1}\")}}");
  }

  @Test
  void p76ConnectionsAreKeptAndOtherPathsAreNotFound() {
    for (String path : new String[] {"", "nothing", "events/x", "channels/c/x", "users/u"}) {
      assertThat(server.get(path).status()).as(path).isEqualTo(404);
    }
    Answer wrong = server.get("events");
    assertThat(wrong.status()).isEqualTo(405);
    assertThat(wrong.response().headers().firstValue("allow")).hasValue("POST");
    assertThat(server.post("channels", "").status()).isEqualTo(405);
    var head = server.signed("HEAD", "channels", "", Map.of());
    assertThat(server.send("HEAD", "channels", head, "")).hasToString("404 ");
    assertThat(server.get("connections").response().headers().firstValue("connection"))
        .hasValue("keep-alive");
    assertThat(server.sendRaw("GET", "/apps/app", "").status()).isIn(401, 404);
  }

  @Test
  void theConnectionsOfAnAppAreCounted() {
    try (PusherNode alone = PusherNode.start()) {
      var own = new PusherServer(alone.node.urls().getFirst(), PusherNode.APP);
      assertThat(own.get("connections")).hasToString("200 {\"connections\":0}");
      try (Connected client = alone.connect()) {
        client.untilPong();
        assertThat(own.get("connections")).hasToString("200 {\"connections\":1}");
      }
    }
  }

  @Test
  void p77AnEventWithoutSubscribersIsTakenAndForgotten() {
    for (int i = 0; i < 100; i++) {
      assertThat(server.post("events", event("e", "d", "nobody-" + i)).status()).isEqualTo(200);
    }
    assertThat(server.get("channels", Map.of("filter_by_prefix", "nobody-")))
        .hasToString("200 {\"channels\":{}}");
    try (Connected late = pusher.connect()) {
      late.subscribe("nobody-1");
      assertThat(late.untilPong()).noneMatch(message -> message.contains("\"event\":\"e\""));
    }
  }
}
