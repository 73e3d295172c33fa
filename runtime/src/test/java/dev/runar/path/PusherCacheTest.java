package dev.runar.path;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.apps.App;
import java.util.List;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Rows P39 to P41: channels that remember their last event. */
@Timeout(60)
class PusherCacheTest {
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

  @Test
  void p39TheLastEventFollowsTheSubscription() {
    node(APP);
    for (String channel : List.of("cache-a", "private-cache-a", "private-encrypted-cache-a")) {
      node.publish(channel, "said", "first");
      node.publish(channel, "said", "second");
      try (var client = node.connect()) {
        assertThat(client.subscribe(channel)).contains("subscription_succeeded");
        assertThat(client.next())
            .isEqualTo("{\"channel\":\"" + channel + "\",\"event\":\"said\",\"data\":\"second\"}");
        assertThat(client.untilPong()).isEmpty();
      }
    }
  }

  @Test
  void p40AnEmptyCacheIsMissed() {
    node(APP);
    try (var client = node.connect()) {
      assertThat(client.subscribe("cache-a")).contains("subscription_succeeded");
      assertThat(client.next())
          .isEqualTo("{\"event\":\"pusher:cache_miss\",\"channel\":\"cache-a\"}");
      assertThat(client.subscribe("cached")).contains("subscription_succeeded");
      assertThat(client.untilPong()).as("it is no cache channel").isEmpty();
    }
  }

  @Test
  void p41ClientEventsAreNotRememberedAndTheLastSubscriberMayGo() {
    node(APP);
    try (var client = node.connect()) {
      assertThat(client.subscribe("private-cache-a")).contains("subscription_succeeded");
      assertThat(client.next()).contains("cache_miss");
      node.publish("private-cache-a", "said", "kept");
      assertThat(client.next()).contains("kept");
      client.trigger("private-cache-a", "client-x", "\"not kept\"");
      assertThat(client.untilPong()).isEmpty();
    }
    try (var client = node.connect()) {
      assertThat(client.subscribe("private-cache-a")).contains("subscription_succeeded");
      assertThat(client.next()).contains("kept");
    }
  }

  @Test
  void p41ItExpires() {
    node(APP.withLimits(APP.limits().withCachedSeconds(1)));
    node.publish("cache-a", "said", "old");
    Awaitility.await()
        .untilAsserted(
            () -> {
              try (var client = node.connect()) {
                assertThat(client.subscribe("cache-a")).contains("subscription_succeeded");
                assertThat(client.next()).contains("cache_miss");
              }
            });
  }
}
