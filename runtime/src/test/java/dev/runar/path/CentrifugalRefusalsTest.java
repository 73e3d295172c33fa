package dev.runar.path;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.Node;
import dev.runar.NodeConfig;
import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the Centrifugal protocol refuses over a real socket, and what ends a session. */
@Timeout(60)
class CentrifugalRefusalsTest extends CentrifugalNodeFixture {
  @Test
  void aSubscriptionThatMayNotBe() {
    try (Client client = connect()) {
      assertThat(client.send(subscribe(2, "secret/1")).next())
          .isEqualTo(
              error(2, 103, "permission denied: clients may not subscribe secret/1 by themselves"));
      assertThat(client.send(subscribe(3, "$runtime/x")).next())
          .startsWith("{\"id\":3,\"error\":{\"code\":103,");
      assertThat(client.send(subscribe(4, "news/*")).next())
          .startsWith("{\"id\":4,\"error\":{\"code\":107,\"message\":\"INVALID_PATH: ");
      assertThat(client.send(subscribe(5, "default:news/a")).next())
          .isEqualTo(
              error(
                  5,
                  107,
                  "INVALID_PATH: the channel \\\"default:news/a\\\" is called \\\"news/a\\\""
                      + " here"));
      assertThat(client.send(subscribe(6, "news//a")).next())
          .startsWith("{\"id\":6,\"error\":{\"code\":107,");
      assertThat(client.send(subscribe(7, "news/a")).next())
          .isEqualTo("{\"id\":7,\"subscribe\":{}}");
      assertThat(client.send(subscribe(8, "news/a")).next())
          .isEqualTo(error(8, 105, "already subscribed: news/a"));
      assertThat(
              client
                  .send("{\"id\":9,\"subscribe\":{\"channel\":\"news/b\",\"token\":\"t\"}}")
                  .next())
          .isEqualTo(error(9, 103, "this node takes no tokens"));
      assertThat(client.send("{\"id\":10,\"ping\":{}}").next())
          .isEqualTo(error(10, 108, "not available: it is the server that pings"));
      assertThat(client.send("{\"id\":11,\"refresh\":{\"token\":\"t\"}}").next())
          .isEqualTo(error(11, 107, "bad request: the connection does not expire"));
      assertThat(
              client
                  .send("{\"id\":12,\"sub_refresh\":{\"channel\":\"news/a\",\"token\":\"t\"}}")
                  .next())
          .isEqualTo(error(12, 107, "bad request: the subscription does not expire"));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"id\":1,\"subscribe\":{\"channel\":\"a\"}} | 3501 bad request: the first command is"
            + " connect",
        "{} | 3501 bad request: the first command is connect",
        "nothing | 3501 bad request: the message is not JSON, one command a line",
        "{\"id\":1,\"connect\":{\"token\":\"t\"}} | 3500 this node takes no tokens",
        "{\"id\":1,\"connect\":5} | 3501 bad request: connect must be an object",
      })
  void aSessionThatDoesNotBegin(String message, String closed) {
    try (Client client = open()) {
      assertThat(client.send(message).closed()).isEqualTo(closed);
    }
  }

  @Test
  void whatEndsASession() {
    try (Client client = connect()) {
      assertThat(client.send("{\"id\":2,\"connect\":{}}").closed())
          .isEqualTo("3501 bad request: the session is connected already");
    }
    try (Client client = connect()) {
      assertThat(client.send(new byte[] {1}).closed())
          .isEqualTo("3501 bad request: messages are text on this connection");
    }
    try (Client client = connect()) {
      assertThat(client.send("{\"id\":2}").closed())
          .isEqualTo("3501 bad request: a command needs a verb");
    }
  }

  @Test
  void whatIsTooLargeEndsASession() {
    NodeConfig narrow = CONFIG.withLimits(CONFIG.limits().withMessageBytes(1_024));
    try (Node small = Node.builder().config(narrow).start()) {
      int port = small.urls().get(0).getPort();
      URI uri = URI.create("ws://127.0.0.1:" + port + "/connection/websocket");
      try (Client client = Client.connect(uri)) {
        assertThat(client.send("{\"id\":1,\"connect\":{}}").next()).contains("\"connect\"");
        client.send("{\"send\":{\"data\":\"" + "x".repeat(1_024) + "\"}}");
        assertThat(client.closed()).startsWith("1009");
      }
    }
  }

  @Test
  void anEndOfWhatWasNeverBegunIsNoError() {
    try (Client client = connect()) {
      assertThat(client.send("{\"id\":2,\"unsubscribe\":{\"channel\":\"news/a\"}}").next())
          .isEqualTo("{\"id\":2,\"unsubscribe\":{}}");
      assertThat(
              client.send("{\"id\":3,\"sub_refresh\":{\"channel\":\"a\",\"token\":\"t\"}}").next())
          .isEqualTo(error(3, 103, "permission denied: not subscribed to a"));
    }
  }

  @Test
  void whoHasNoEndOfErrorsIsDisconnected() {
    try (Client client = connect()) {
      client.send("{\"id\":2,\"ping\":{}}\n".repeat(4_000));
      assertThat(client.closed()).isEqualTo("3509 too many errors");
    }
  }

  @Test
  void aNodeThatStopsSaysSo() {
    try (Client client = connect()) {
      node.close();
      assertThat(client.closed()).startsWith("3001 ");
    }
  }
}
