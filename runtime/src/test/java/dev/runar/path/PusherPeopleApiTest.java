package dev.runar.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.runar.path.PusherNode.Connected;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Rows P55, P70, P72, P74 and P75: what servers ask and do about users. */
@Timeout(60)
class PusherPeopleApiTest {
  private final PusherNode pusher = PusherNode.start();
  private final PusherServer server =
      new PusherServer(pusher.node.urls().getFirst(), PusherNode.APP);

  @AfterEach
  void stop() {
    pusher.close();
  }

  @Test
  void p74TheUsersOfAPresenceChannel() {
    try (Connected one = pusher.connect();
        Connected two = pusher.connect();
        Connected again = pusher.connect()) {
      Signed.join(one, "presence-room", "ada");
      Signed.join(two, "presence-room", "bob");
      Signed.join(again, "presence-room", "ada");

      assertThat(server.get("channels/presence-room/users"))
          .hasToString("200 {\"users\":[{\"id\":\"ada\"},{\"id\":\"bob\"}]}");
      assertThat(server.get("channels/presence-room", Map.of("info", "user_count")))
          .hasToString("200 {\"occupied\":true,\"user_count\":2}");
      assertThat(
              server.get("channels", Map.of("filter_by_prefix", "presence-", "info", "user_count")))
          .hasToString("200 {\"channels\":{\"presence-room\":{\"user_count\":2}}}");
      String event =
          "{\"name\":\"e\",\"data\":\"d\",\"channel\":\"presence-room\",\"info\":\"user_count\"}";
      assertThat(server.post("events", event))
          .hasToString("200 {\"channels\":{\"presence-room\":{\"user_count\":2}}}");
    }
    assertThat(server.get("channels/presence-empty/users")).hasToString("200 {\"users\":[]}");
    assertThat(server.get("channels/public/users").status()).isEqualTo(400);
    assertThat(server.get("channels/presence-room", Map.of("info", "subscription_count")).status())
        .isEqualTo(400);
  }

  @Test
  void p55AnEventToAUserReachesEachOfItsSockets() {
    try (Connected one = pusher.connect();
        Connected two = pusher.connect()) {
      for (Connected client : new Connected[] {one, two}) {
        Signed.signIn(client, "ada");
        client.subscribe("#server-to-user-ada");
      }
      String event = "{\"name\":\"mail\",\"data\":\"d\",\"channels\":[\"#server-to-user-ada\"]}";
      assertThat(server.post("events", event)).hasToString("200 {}");
      for (Connected client : new Connected[] {one, two}) {
        assertThat(client.untilPong())
            .contains("{\"channel\":\"#server-to-user-ada\",\"event\":\"mail\",\"data\":\"d\"}");
      }
    }
  }

  @Test
  void p75OnlyTheConnectionsThatAreSignedInAsTheUserEnd() {
    try (Connected ada = pusher.connect();
        Connected alsoAda = pusher.connect();
        Connected bob = pusher.connect();
        Connected stranger = pusher.connect()) {
      Signed.signIn(ada, "ada");
      Signed.signIn(alsoAda, "ada");
      Signed.signIn(bob, "bob");

      assertThat(server.post("users/ada/terminate_connections", "{}")).hasToString("200 {}");

      assertThat(ada.client().closed()).startsWith("4009");
      assertThat(alsoAda.client().closed()).startsWith("4009");
      bob.untilPong();
      stranger.untilPong();
      assertThat(server.post("users/nobody/terminate_connections", "")).hasToString("200 {}");
      try (Connected back = pusher.connect()) {
        assertThat(Signed.signIn(back, "ada")).contains("signin_success");
      }
    }
    await().until(() -> server.get("connections").body().equals("{\"connections\":0}"));
  }
}
