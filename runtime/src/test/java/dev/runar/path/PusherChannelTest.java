package dev.runar.path;

import static dev.runar.path.PusherNode.Connected.subscribing;
import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.Payload;
import dev.runar.apps.App;
import dev.runar.apps.Secret;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows P19 to P30, P37, P38, P43, P50, P83: subscribing, and what subscribers get. */
@Timeout(60)
class PusherChannelTest {
  private static final App APP =
      PusherNode.APP
          .withSubscriptionCounts(false)
          .withSecrets(List.of(new Secret("new"), new Secret("secret")));

  private final PusherNode node = PusherNode.start(APP);

  @AfterEach
  void stop() {
    node.close();
  }

  private static String succeeded(String channel) {
    return "{\"event\":\"pusher_internal:subscription_succeeded\",\"channel\":\""
        + channel
        + "\",\"data\":\"{}\"}";
  }

  private static void assertRefused(String answer, String type, int status) {
    assertThat(answer)
        .startsWith("{\"event\":\"pusher:subscription_error\",\"channel\":")
        .contains("{\\\"type\\\":\\\"" + type + "\\\"", "\\\"status\\\":" + status + "}");
  }

  @Test
  void p19PublicWithAndWithoutAnEmptyAuth() {
    try (var client = node.connect()) {
      assertThat(client.subscribe("news")).isEqualTo(succeeded("news"));
      client.say("{\"event\":\"pusher:subscribe\",\"data\":{\"channel\":\"more\"}}");
      assertThat(client.next()).isEqualTo(succeeded("more"));
      node.publish("news", "said", "hello");
      assertThat(client.next())
          .isEqualTo("{\"channel\":\"news\",\"event\":\"said\",\"data\":\"hello\"}");
    }
  }

  @Test
  void p20DataMayBeAString() {
    try (var client = node.connect()) {
      client.say("{\"event\":\"pusher:subscribe\",\"data\":\"{\\\"channel\\\":\\\"news\\\"}\"}");
      assertThat(client.next()).isEqualTo(succeeded("news"));
    }
  }

  @Test
  void p21p23APrivateChannelNeedsItsSignature() {
    try (var client = node.connect()) {
      assertRefused(client.say(subscribing("private-a", "")).next(), "AuthError", 401);
      String wrong = client.auth("private-b");
      assertRefused(client.say(subscribing("private-a", wrong)).next(), "AuthError", 401);
      client.say("{\"event\":\"pusher:subscribe\",\"data\":{\"channel\":\"private-a\"}}");
      assertRefused(client.next(), "AuthError", 401);
      node.publish("private-a", "said", "hello");
      assertThat(client.untilPong()).as("it is not subscribed").isEmpty();
      assertThat(client.subscribe("private-a")).isEqualTo(succeeded("private-a"));
    }
  }

  @Test
  void p24TheKeyBeforeTheColonMustBeTheApps() {
    try (var client = node.connect()) {
      String signature = client.auth("private-a").substring("key:".length());
      for (String key : List.of("other:", ":", "", "key", "key::")) {
        String answer = client.say(subscribing("private-a", key + signature)).next();
        assertRefused(answer, "AuthError", 401);
      }
    }
  }

  @Test
  void p25ASignatureForAnotherSocketIsRefused() {
    try (var client = node.connect();
        var other = node.connect()) {
      String answer = client.say(subscribing("private-a", other.auth("private-a"))).next();
      assertRefused(answer, "AuthError", 401);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a b", "a/b", "a:b", "ä", "#a", "#server-to-user-1", "a*", ">"})
  void p27NamesThatAreNone(String name) {
    try (var client = node.connect()) {
      String answer = client.say(subscribing(name, "")).next();
      assertThat(answer).contains("pusher:subscription_error");
      assertThat(client.subscribe("A-Za_z0=9@,.;")).isEqualTo(succeeded("A-Za_z0=9@,.;"));
    }
  }

  @Test
  void p27p36NamesThatAreTooLong() {
    try (var client = node.connect()) {
      assertThat(client.subscribe("a".repeat(200))).contains("subscription_succeeded");
      assertRefused(client.subscribe("a".repeat(201)), "InvalidChannel", 400);
    }
  }

  @Test
  void p28APrefixCountsWithItsDash() {
    try (var client = node.connect()) {
      for (String name : List.of("privateer", "cached", "presence", "private", "presencex-a")) {
        assertThat(client.subscribe(name)).isEqualTo(succeeded(name));
      }
    }
  }

  @Test
  void p29ASecondSubscribeIsWithoutEffect() {
    try (var client = node.connect()) {
      assertThat(client.subscribe("news")).isEqualTo(succeeded("news"));
      assertThat(client.subscribe("news")).isEqualTo(succeeded("news"));
      node.publish("news", "said", 1);
      assertThat(client.next()).contains("\"data\":\"1\"");
      assertThat(client.untilPong()).isEmpty();
      client.say("{\"event\":\"pusher:unsubscribe\",\"data\":{\"channel\":\"news\"}}");
      assertThat(client.untilPong()).isEmpty();
      node.publish("news", "said", 2);
      assertThat(client.untilPong()).as("one unsubscribe ends it").isEmpty();
    }
  }

  @Test
  void p30UnsubscribeHasNoAnswer() {
    try (var client = node.connect()) {
      assertThat(client.subscribe("news")).isEqualTo(succeeded("news"));
      client.say("{\"event\":\"pusher:unsubscribe\",\"data\":{\"channel\":\"never\"}}");
      client.say("{\"event\":\"pusher:unsubscribe\",\"data\":{\"channel\":\"news\"}}");
      assertThat(client.untilPong()).isEmpty();
      node.publish("news", "said", 1);
      assertThat(client.untilPong()).isEmpty();
      assertThat(client.subscribe("news")).isEqualTo(succeeded("news"));
    }
  }

  @Test
  void p37p38EncryptedDataPassesAsItIs() {
    try (var client = node.connect()) {
      assertRefused(client.say(subscribing("private-encrypted-a", "")).next(), "AuthError", 401);
      assertThat(client.subscribe("private-encrypted-a")).contains("subscription_succeeded");
      String sealed = "{ \"nonce\":\"bm8=\",\"ciphertext\":\"\\/w==\" }";
      node.publish("private-encrypted-a", "said", sealed);
      assertThat(client.next())
          .endsWith(
              "\"data\":\"{ \\\"nonce\\\":\\\"bm8=\\\",\\\"ciphertext\\\":\\\"\\\\/w==\\\" }\"}");
    }
  }

  @Test
  void p43AStringPassesUnchangedAndTheRestBecomesOne() {
    try (var client = node.connect()) {
      assertThat(client.subscribe("news")).isEqualTo(succeeded("news"));
      node.publish("news", "said", "{\"a\": 1.0}");
      assertThat(client.next()).endsWith("\"data\":\"{\\\"a\\\": 1.0}\"}");
      node.publish("news", "said", List.of(1, "b"));
      assertThat(client.next()).endsWith("\"data\":\"[1,\\\"b\\\"]\"}");
      var _ = node.node.publish("$app/app/news", Payload.json("[1.0]")).join();
      assertThat(client.next())
          .isEqualTo("{\"channel\":\"news\",\"event\":\"message\",\"data\":\"[1.0]\"}");
    }
  }

  @Test
  void p50NamesOfTheProtocolNeverFanOut() {
    try (var client = node.connect();
        var other = node.connect()) {
      assertThat(other.subscribe("private-a")).isEqualTo(succeeded("private-a"));
      assertThat(client.subscribe("private-a")).isEqualTo(succeeded("private-a"));
      for (String name :
          List.of("pusher:error", "pusher_internal:member_added", "pusher:x", "said", "Client-a")) {
        client.trigger("private-a", name, "{}");
        assertThat(client.next()).contains("pusher:error");
      }
      assertThat(other.untilPong()).isEmpty();
    }
  }

  @Test
  void p83EverybodySeesOneOrder() {
    try (var one = node.connect();
        var two = node.connect()) {
      assertThat(one.subscribe("news")).isEqualTo(succeeded("news"));
      assertThat(two.subscribe("news")).isEqualTo(succeeded("news"));
      var publishers =
          IntStream.range(0, 4)
              .mapToObj(
                  who ->
                      Thread.ofVirtual()
                          .start(
                              () -> {
                                for (int i = 0; i < 100; i++) {
                                  node.publish("news", "p" + who, i);
                                }
                              }))
              .toList();
      List<String> first = read(one, 400);
      assertThat(read(two, 400)).isEqualTo(first);
      for (int who = 0; who < 4; who++) {
        String name = "\"p" + who + "\"";
        assertThat(first.stream().filter(message -> message.contains(name)))
            .isEqualTo(
                IntStream.range(0, 100)
                    .mapToObj(
                        i ->
                            "{\"channel\":\"news\",\"event\":%s,\"data\":\"%d\"}"
                                .formatted(name, i))
                    .toList());
      }
      assertThat(publishers).allMatch(publisher -> !publisher.isInterrupted());
    }
  }

  private static List<String> read(PusherNode.Connected client, int count) {
    var messages = new ArrayList<String>();
    for (int i = 0; i < count; i++) {
      messages.add(client.next());
    }
    return messages;
  }

  @Test
  void clientsOfTopicsReachPublicChannelsOnly() {
    try (Client topics = node.open("/topics")) {
      for (String wanted :
          List.of(
              "$app/app/private-a",
              "$app/app/presence-a",
              "$app/app/*",
              "$app/app/{channel}",
              "$app/{app}/private-a",
              "$app/*/news",
              "$app/>",
              "$app/app/news/more",
              "default:$app/app/private-a")) {
        topics.send("{\"subscribe\":\"" + wanted + "\"}");
        assertThat(topics.next()).as(wanted).contains("PERMISSION_DENIED");
      }
      topics.send("{\"publish\":\"$app/app/news\",\"data\":1}");
      assertThat(topics.next()).contains("PERMISSION_DENIED");
    }
  }

  @Test
  void subscribersOfBothDialectsGetOnePublish() {
    try (var client = node.connect();
        Client topics = node.open("/topics")) {
      topics.send("{\"subscribe\":\"$app/app/news\"}");
      assertThat(topics.next()).contains("subscribed");
      assertThat(client.subscribe("news")).isEqualTo(succeeded("news"));
      node.publish("news", "said", "hello");
      assertThat(client.next()).endsWith("\"event\":\"said\",\"data\":\"hello\"}");
      assertThat(topics.next())
          .isEqualTo(
              "{\"topic\":\"$app/app/news\",\"data\":{\"event\":\"said\",\"data\":\"hello\"},"
                  + "\"offset\":1}");
    }
  }
}
