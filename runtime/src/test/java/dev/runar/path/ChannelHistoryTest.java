package dev.runar.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.runar.NodeConfig;
import dev.runar.Payload;
import dev.runar.RunarException.Code;
import dev.runar.channels.ChannelRule;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a node remembers for clients that come later or come back. */
@Timeout(60)
class ChannelHistoryTest extends NodeFixture {
  private static final Pattern EPOCH = Pattern.compile("\"epoch\":\"([^\"]+)\"");
  private static final Duration TTL = Duration.ofMinutes(1);

  private static final String SCRIPT =
      """
      import { Node } from "runar-ts";
      const node = new Node();
      node.addService({
        name: "s", path: "s",
        actions: {
          say: (n) => node.publish("chat/1", { n }),
          bytes: () => node.publish("chat/2", new Uint8Array([1, 2])),
          history: (topic, range) => node.broker.channel(topic).history(range ?? {}),
        },
      });
      """;

  private static NodeConfig config(Duration ttl) {
    return ScriptNode.CONFIG.withChannels(List.of(ChannelRule.of("chat/*").withHistory(10, ttl)));
  }

  private ScriptNode start() {
    return ScriptNode.start(folder, config(TTL), SCRIPT);
  }

  private static void say(ScriptNode node, int from, int to) {
    for (int i = from; i <= to; i++) {
      var _ = node.call("s/say", List.of(i));
    }
  }

  private static String epoch(String frame) {
    Matcher found = EPOCH.matcher(frame);
    assertThat(found.find()).as(frame).isTrue();
    return found.group(1);
  }

  private static String event(int n) {
    return "{\"topic\":\"chat/1\",\"data\":{\"n\":" + n + "},\"offset\":" + n + "}";
  }

  private static String since(int offset, String epoch) {
    return "{\"subscribe\":\"chat/1\",\"since\":{\"offset\":%d,\"epoch\":\"%s\"}}"
        .formatted(offset, epoch);
  }

  private static String subscribed(int offset, String epoch, boolean recovered) {
    return "{\"subscribed\":\"chat/1\",\"offset\":%d,\"epoch\":\"%s\",\"recovered\":%b}"
        .formatted(offset, epoch, recovered);
  }

  @Test
  void whatWasPublishedBeforeAnybodyCameCanBeReadAndRecovered() {
    try (var node = start();
        Client client = node.connect("/topics")) {
      say(node, 1, 3);
      String page = client.send("{\"history\":\"chat/1\",\"limit\":2,\"id\":\"h\"}").next();
      String epoch = epoch(page);
      assertThat(page)
          .isEqualTo(
              "{\"history\":[{\"data\":{\"n\":1},\"offset\":1},{\"data\":{\"n\":2},\"offset\":2}],"
                  + "\"offset\":3,\"epoch\":\"%s\",\"id\":\"h\"}".formatted(epoch));
      client.send(since(2, epoch));
      assertThat(client.next()).isEqualTo(subscribed(3, epoch, true));
      assertThat(client.next()).isEqualTo(event(3));
      say(node, 4, 4);
      assertThat(client.next()).isEqualTo(event(4));
    }
  }

  @Test
  void whoComesBackGetsWhatItMissedThenWhatIsNew() {
    try (var node = start()) {
      String epoch;
      try (Client client = node.connect("/topics")) {
        epoch = epoch(client.send("{\"subscribe\":\"chat/1\"}").next());
        say(node, 1, 1);
        assertThat(client.next()).isEqualTo(event(1));
      }
      say(node, 2, 5);
      try (Client client = node.connect("/topics")) {
        client.send(since(1, epoch));
        say(node, 6, 6);
        assertThat(client.next()).startsWith("{\"subscribed\"").endsWith("\"recovered\":true}");
        for (int i = 2; i <= 6; i++) {
          assertThat(client.next()).isEqualTo(event(i));
        }
      }
      say(node, 7, 20); // 11 to 20 are remembered
      try (Client client = node.connect("/topics")) {
        client.send(since(6, epoch));
        assertThat(client.next()).isEqualTo(subscribed(20, epoch, false));
        say(node, 21, 21);
        assertThat(client.next()).isEqualTo(event(21));
      }
    }
  }

  @Test
  void afterARestartNothingIsRecovered() {
    String epoch;
    try (var node = start();
        Client client = node.connect("/topics")) {
      say(node, 1, 2);
      epoch = epoch(client.send("{\"subscribe\":\"chat/1\"}").next());
    }
    try (var node = start();
        Client client = node.connect("/topics")) {
      say(node, 1, 2);
      String answer = client.send(since(1, epoch)).next();
      assertThat(answer).isEqualTo(subscribed(2, epoch(answer), false));
      assertThat(epoch(answer)).isNotEqualTo(epoch);
    }
  }

  @Test
  void aChannelIsForgottenAfterItsTime() {
    try (var node = ScriptNode.start(folder, config(Duration.ofMillis(200)), SCRIPT);
        Client client = node.connect("/topics")) {
      say(node, 1, 1);
      String epoch = epoch(client.send("{\"history\":\"chat/1\",\"id\":1}").next());
      await().until(() -> history(node).get("bytes").equals(0L)); // the sweep is every two seconds
      String later = client.send("{\"history\":\"chat/1\",\"id\":1}").next();
      assertThat(later).startsWith("{\"history\":[],\"offset\":0,");
      assertThat(epoch(later)).isNotEqualTo(epoch);
    }
  }

  private static Map<String, Object> history(ScriptNode node) {
    return map(map(node.status().get("port")).get("history"));
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> map(Object value) {
    return (Map<String, Object>) value;
  }

  @Test
  void scriptsAndJavaReadPages() {
    try (var node = start()) {
      say(node, 1, 3);
      var _ = node.call("s/bytes");
      Map<String, Object> page =
          map(node.call("s/history", List.of("chat/1", Map.of("limit", 2, "reverse", true))));
      assertThat(page.get("publications"))
          .isEqualTo(
              List.of(
                  Map.of("offset", 3, "data", Map.of("n", 3)),
                  Map.of("offset", 2, "data", Map.of("n", 2))));
      Map<String, Object> since = Map.of("offset", 2, "epoch", page.get("epoch"));
      Map<String, Object> next =
          map(
              node.node
                  .request("$broker/page", Payload.object("topic", "chat/1", "since", since))
                  .join()
                  .value());
      assertThat(next.get("publications"))
          .isEqualTo(List.of(Map.of("offset", 3L, "data", Map.of("n", 3))));
      assertThat(next).containsEntry("offset", 3L).containsEntry("epoch", page.get("epoch"));
      Map<String, Object> bytes = map(node.call("s/history", List.of("chat/2")));
      assertThat(map(((List<?>) bytes.get("publications")).get(0)).get("data"))
          .isEqualTo(new byte[] {1, 2});
      assertThat(code(node, "other/1", Map.of())).isEqualTo(Code.NOT_FOUND);
      assertThat(code(node, "chat/*", Map.of())).isEqualTo(Code.INVALID_PATH);
      assertThat(code(node, "chat/1", Map.of("limit", 1_001))).isEqualTo(Code.INVALID_INPUT);
      assertThat(code(node, "chat/1", Map.of("since", 1))).isEqualTo(Code.INVALID_INPUT);
    }
  }

  private static Code code(ScriptNode node, String topic, Map<String, ?> range) {
    return failure(() -> node.call("s/history", List.of(topic, range))).code();
  }
}
