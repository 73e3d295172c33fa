package dev.runar.path;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.NodeConfig;
import dev.runar.path.PusherNode.Connected;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How fast a client may subscribe and unsubscribe. */
@Timeout(60)
class PusherSubscriptionPaceTest {
  private static final String LEAVE =
      "{\"event\":\"pusher:unsubscribe\",\"data\":{\"channel\":\"news\"}}";

  private static NodeConfig config(int subscriptionsPerSession) {
    NodeConfig config = ScriptNode.CONFIG;
    return config.withLimits(config.limits().withSubscriptionsPerSession(subscriptionsPerSession));
  }

  @Test
  void aFloodOfSubscribingAndUnsubscribingIsRefusedAndTheConnectionStays() {
    try (PusherNode node =
            PusherNode.start(PusherNode.APP.withSubscriptionCounts(false), config(10));
        Connected client = node.connect();
        Connected other = node.connect()) {
      for (int i = 0; i < 250; i++) { // fewer refusals than a client is closed for
        client.say(Connected.subscribing("news", ""));
        client.say(LEAVE);
      }
      List<String> answers = client.untilPong();
      assertThat(answers).filteredOn(answer -> answer.contains("succeeded")).hasSizeLessThan(250);
      assertThat(answers)
          .filteredOn(answer -> answer.contains("pusher:error"))
          .hasSizeGreaterThan(100)
          .allSatisfy(
              answer ->
                  assertThat(answer)
                      .contains("4301", "at most 100 times in a second, and 200 times at once"));
      assertThat(other.subscribe("news")).as("another client").contains("succeeded");
    }
  }

  @Test
  void aClientThatComesBackHasAllItsChannelsAtOnce() {
    try (PusherNode node =
            PusherNode.start(PusherNode.APP.withSubscriptionCounts(false), config(600));
        Connected client = node.connect()) {
      for (int i = 0; i < 600; i++) {
        client.say(Connected.subscribing("news-" + i, ""));
      }
      assertThat(client.untilPong())
          .hasSize(600)
          .allSatisfy(answer -> assertThat(answer).contains("succeeded"));
    }
  }
}
