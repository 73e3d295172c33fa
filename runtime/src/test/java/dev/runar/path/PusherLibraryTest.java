package dev.runar.path;

import static org.assertj.core.api.Assertions.assertThat;

import com.pusher.rest.Pusher;
import com.pusher.rest.data.Event;
import com.pusher.rest.data.Result;
import com.pusher.rest.data.Validity;
import dev.runar.internal.protocol.pusher.Signature;
import dev.runar.path.PusherNode.Connected;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The server library {@code com.pusher:pusher-http-java}, unchanged, against a node. */
@Timeout(60)
class PusherLibraryTest {
  private static PusherNode node;
  private static Pusher pusher;

  @BeforeAll
  static void start() {
    node = PusherNode.start();
    pusher = library("secret");
  }

  private static Pusher library(String secret) {
    URI url = node.node.urls().getFirst();
    var library = new Pusher("app", "key", secret);
    library.setHost(url.getHost() + ":" + url.getPort());
    return library;
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  private static void assertDone(Result result) {
    assertThat(result.getMessage() + " " + result.getStatus()).endsWith(" SUCCESS");
  }

  @Test
  void triggers() {
    try (Connected client = node.connect()) {
      client.subscribe("my-channel");
      assertDone(pusher.trigger("my-channel", "my-event", Map.of("message", "hello")));
      assertThat(client.untilPong())
          .contains(
              "{\"channel\":\"my-channel\",\"event\":\"my-event\","
                  + "\"data\":\"{\\\"message\\\":\\\"hello\\\"}\"}");
      assertDone(
          pusher.trigger(List.of("my-channel", "other"), "e", "to others", client.socketId()));
      assertThat(client.untilPong()).noneMatch(message -> message.contains("to others"));
    }
  }

  @Test
  void triggersABatch() {
    try (Connected client = node.connect()) {
      client.subscribe("batch");
      assertDone(
          pusher.trigger(
              List.of(new Event("batch", "one", "1"), new Event("batch", "two", Map.of("a", 2)))));
      assertThat(client.untilPong())
          .containsSubsequence(
              "{\"channel\":\"batch\",\"event\":\"one\",\"data\":\"\\\"1\\\"\"}",
              "{\"channel\":\"batch\",\"event\":\"two\",\"data\":\"{\\\"a\\\":2}\"}");
    }
  }

  @Test
  void asksForChannels() {
    try (Connected client = node.connect()) {
      String auth = pusherAuth(client, "private-asked");
      assertThat(client.say(Connected.subscribing("private-asked", auth)).next())
          .contains("subscription_succeeded");
      Result channels = pusher.get("/channels", Map.of("filter_by_prefix", "private-asked"));
      assertDone(channels);
      assertThat(channels.getMessage()).isEqualTo("{\"channels\":{\"private-asked\":{}}}");
      assertThat(pusher.get("/channels/private-asked").getMessage())
          .isEqualTo("{\"occupied\":true}");
    }
  }

  /** It has no method for it, but signs whatever is posted. */
  @Test
  void closesTheConnectionsOfAUser() {
    try (Connected ada = node.connect();
        Connected other = node.connect()) {
      String data = "{\"id\":\"ada\"}";
      String auth = "key:" + Signature.sign("secret", ada.socketId() + "::user::" + data);
      ada.say(
          "{\"event\":\"pusher:signin\",\"data\":{\"auth\":\"%s\",\"user_data\":\"%s\"}}"
              .formatted(auth, data.replace("\"", "\\\"")));
      assertThat(ada.next()).contains("pusher:signin_success");
      assertDone(pusher.post("/users/ada/terminate_connections", "{}"));
      assertThat(ada.next()).contains("pusher:error").contains("4009");
      assertThat(ada.client().closed()).startsWith("4009");
      assertThat(other.untilPong()).isEmpty();
    }
  }

  private static String pusherAuth(Connected client, String channel) {
    String json = pusher.authenticate(client.socketId(), channel);
    return json.replaceAll(".*\"auth\":\"([^\"]*)\".*", "$1");
  }

  @Test
  void isToldThatItsSecretIsWrong() {
    Result result = library("wrong").trigger("c", "e", "d");
    assertThat(result.getStatus()).isEqualTo(Result.Status.AUTHENTICATION_ERROR);
    assertThat(result.getHttpStatus()).isEqualTo(401);
  }

  @Test
  void knowsTheSignatureOfOurWebhooks() {
    String body = "{\"time_ms\":1,\"events\":[{\"name\":\"channel_occupied\",\"channel\":\"c\"}]}";
    assertThat(pusher.validateWebhookSignature("key", Signature.sign("secret", body), body))
        .isEqualTo(Validity.VALID);
    assertThat(pusher.validateWebhookSignature("key", Signature.sign("other", body), body))
        .isEqualTo(Validity.INVALID);
  }
}
