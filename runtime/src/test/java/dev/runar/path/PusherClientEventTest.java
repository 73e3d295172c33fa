package dev.runar.path;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.apps.App;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Rows P44 to P49: what clients send to each other. */
@Timeout(60)
class PusherClientEventTest {
  private static final App APP = PusherNode.APP.withSubscriptionCounts(false);

  private @Nullable PusherNode node;

  private PusherNode node(App app) {
    node = PusherNode.start(app);
    return node;
  }

  @AfterEach
  void stop() {
    if (node != null) {
      node.close();
    }
  }

  private static void assertRefused(String answer, String why) {
    assertThat(answer)
        .startsWith("{\"event\":\"pusher:error\",\"data\":{\"code\":4301,\"message\":\"")
        .contains(why);
  }

  @Test
  void p44p45ToAllOthersAsItWasSent() {
    node(APP);
    try (var sender = node.connect();
        var other = node.connect()) {
      assertThat(sender.subscribe("private-a")).contains("succeeded");
      assertThat(other.subscribe("private-a")).contains("succeeded");
      sender.trigger("private-a", "client-typed", "{ \"n\": 1.50, \"s\":\"é\"}");
      assertThat(other.next())
          .isEqualTo(
              "{\"channel\":\"private-a\",\"event\":\"client-typed\","
                  + "\"data\":{ \"n\": 1.50, \"s\":\"é\"}}");
      sender.trigger("private-a", "client-typed", "\"text\"");
      assertThat(other.next()).endsWith("\"data\":\"text\"}");
      assertThat(sender.untilPong()).isEmpty();
    }
  }

  @Test
  void p46OnPublicUnjoinedAndEncryptedChannels() {
    node(APP);
    try (var sender = node.connect();
        var other = node.connect()) {
      assertThat(other.subscribe("news")).contains("succeeded");
      assertThat(other.subscribe("private-a")).contains("succeeded");
      assertThat(other.subscribe("private-encrypted-a")).contains("succeeded");
      assertThat(sender.subscribe("news")).contains("succeeded");
      assertThat(sender.subscribe("private-encrypted-a")).contains("succeeded");
      assertRefused(sender.trigger("news", "client-x", "1").next(), "private and presence");
      assertRefused(sender.trigger("private-a", "client-x", "1").next(), "subscribes to");
      assertRefused(
          sender.trigger("private-encrypted-a", "client-x", "1").next(), "private and presence");
      assertRefused(
          sender.trigger("private-a", "client-" + "x".repeat(200), "1").next(), "subscribes to");
      assertThat(other.untilPong()).isEmpty();
    }
  }

  @Test
  void p46AllMaySendWhereTheAppSaysSo() {
    node(APP.withClientEvents(App.ClientEvents.ALL));
    try (var sender = node.connect();
        var other = node.connect()) {
      assertThat(other.subscribe("private-a")).contains("succeeded");
      sender.trigger("private-a", "client-x", "1");
      assertThat(other.next()).contains("client-x");
      assertRefused(sender.trigger("news", "client-x", "1").next(), "private and presence");
    }
  }

  @Test
  void p47WhereClientEventsAreOff() {
    node(APP.withClientEvents(App.ClientEvents.NONE));
    try (var sender = node.connect()) {
      assertThat(sender.subscribe("private-a")).contains("succeeded");
      assertRefused(sender.trigger("private-a", "client-x", "1").next(), "are off");
      assertThat(sender.untilPong()).isEmpty();
    }
  }

  @Test
  void p48AtMostSoManyInASecond() {
    node(APP.withLimits(APP.limits().withClientEventsPerSecond(3)));
    try (var sender = node.connect();
        var other = node.connect()) {
      assertThat(sender.subscribe("private-a")).contains("succeeded");
      assertThat(other.subscribe("private-a")).contains("succeeded");
      for (int i = 0; i < 30; i++) {
        sender.trigger("private-a", "client-x", "" + i);
      }
      List<String> refused = sender.untilPong();
      assertThat(refused).isNotEmpty().allSatisfy(one -> assertRefused(one, "at most 3 events"));
      List<String> delivered = other.untilPong();
      assertThat(delivered).hasSizeGreaterThanOrEqualTo(3).hasSize(30 - refused.size());
      assertThat(delivered.get(2)).contains("\"data\":2}");
    }
  }

  @Test
  void p49ForgedFieldsAreLeftOut() {
    node(APP);
    try (var sender = node.connect();
        var other = node.connect()) {
      assertThat(sender.subscribe("private-a")).contains("succeeded");
      assertThat(other.subscribe("private-a")).contains("succeeded");
      sender.say(
          "{\"event\":\"client-x\",\"channel\":\"private-a\",\"user_id\":\"boss\",\"userId\":\"boss\","
              + "\"socketId\":\""
              + other.socketId()
              + "\",\"data\":1,\"more\":{}}");
      assertThat(other.next())
          .isEqualTo("{\"channel\":\"private-a\",\"event\":\"client-x\",\"data\":1}");
    }
  }
}
