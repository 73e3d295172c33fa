package dev.runar.path;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Rows P01 to P18: connecting to the Pusher dialect, its pings and its bad frames. */
@Timeout(60)
class PusherConnectionTest {
  private final PusherNode node = PusherNode.start();

  @AfterEach
  void stop() {
    node.close();
  }

  @Test
  void p01p02p03p04AClientIsTold() {
    try (Client client = node.open("/app/key?protocol=7&client=js&version=8.6.0&flash=false")) {
      assertThat(client.next())
          .matches(
              "\\{\"event\":\"pusher:connection_established\",\"data\":"
                  + "\"\\{\\\\\"socket_id\\\\\":\\\\\"\\d+\\.\\d+\\\\\","
                  + "\\\\\"activity_timeout\\\\\":120\\}\"\\}");
    }
  }

  @Test
  void p19PublicSubscriptionGetsWhatIsPublished() {
    try (var client = node.connect()) {
      assertThat(client.subscribe("news"))
          .isEqualTo(
              "{\"event\":\"pusher_internal:subscription_succeeded\",\"channel\":\"news\","
                  + "\"data\":\"{}\"}");
      node.publish("news", "said", "hello");
      assertThat(client.next()).contains("subscription_count");
      assertThat(client.next())
          .isEqualTo("{\"channel\":\"news\",\"event\":\"said\",\"data\":\"hello\"}");
    }
  }
}
