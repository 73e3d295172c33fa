package dev.runar.path;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.Node;
import dev.runar.NodeConfig;
import dev.runar.Payload;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.Service;
import dev.runar.channels.ChannelRule;
import dev.runar.spi.Authorizer;
import dev.runar.spi.Authorizer.Decision;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The Centrifugal protocol as JSON over a real socket, frame by frame. */
@Timeout(60)
class CentrifugalTest {
  private static final NodeConfig CONFIG =
      ScriptNode.CONFIG.withChannels(
          List.of(
              ChannelRule.of("chat/*").withHistory(3, Duration.ofMinutes(1)).withPublish(true),
              ChannelRule.of("room/*").withPresence(true, true)));

  private final Authorizer noSecrets =
      (session, verb, path) ->
          path.contains("secret")
              ? Decision.DENIED
              : Authorizer.openToAll().decide(session, verb, path);
  private Node node;

  @BeforeEach
  void start() {
    node = Node.builder().config(CONFIG).authorizer(noSecrets).start();
  }

  @AfterEach
  void stop() {
    node.close();
  }

  private Client open() {
    int port = node.urls().get(0).getPort();
    return Client.connect(URI.create("ws://127.0.0.1:" + port + "/connection/websocket"));
  }

  /** One that has connected; its id stands for every id of a session. */
  private Client connect() {
    Client client = open();
    assertThat(client.send("{\"id\":1,\"connect\":{\"name\":\"js\"}}").next())
        .matches(
            "\\{\"id\":1,\"connect\":\\{\"client\":\"[0-9a-f-]{36}\",\"ping\":25,\"pong\":true}}");
    return client;
  }

  private static String error(int id, int code, String message) {
    return "{\"id\":%d,\"error\":{\"code\":%d,\"message\":\"%s\"}}".formatted(id, code, message);
  }

  private static String subscribe(int id, String channel) {
    return "{\"id\":%d,\"subscribe\":{\"channel\":\"%s\",\"flag\":1}}".formatted(id, channel);
  }

  @Test
  void whatIsPublishedReachesASubscriberUntilItUnsubscribes() {
    try (Client client = connect()) {
      assertThat(client.send(subscribe(2, "news/a")).next())
          .isEqualTo("{\"id\":2,\"subscribe\":{}}");
      node.publish("news/a", Payload.object("n", 1)).join();
      assertThat(client.next())
          .isEqualTo(
              "{\"push\":{\"channel\":\"news/a\",\"pub\":{\"data\":{\"n\":1},\"offset\":1}}}");
      assertThat(client.send("{\"id\":3,\"unsubscribe\":{\"channel\":\"news/a\"}}").next())
          .isEqualTo("{\"id\":3,\"unsubscribe\":{}}");
      node.publish("news/a", Payload.of(2)).join();
      assertThat(client.send(subscribe(4, "news/a")).next())
          .isEqualTo("{\"id\":4,\"subscribe\":{}}");
    }
  }

  @Test
  void theCommandsOfOneMessageAreAnsweredByOneMessage() {
    try (Client client = open()) {
      assertThat(
              client
                  .send(
                      "{\"id\":1,\"connect\":{}}\n"
                          + subscribe(2, "news/a")
                          + "\n"
                          + subscribe(3, "news/b"))
                  .next())
          .startsWith("{\"id\":1,\"connect\":{");
      assertThat(client.next())
          .isEqualTo("{\"id\":2,\"subscribe\":{}}\n{\"id\":3,\"subscribe\":{}}");
    }
  }

  @Test
  void aClientPublishesWhereTheRuleLetsIt() {
    try (Client client = connect();
        Client other = connect()) {
      assertThat(other.send(subscribe(2, "chat/1")).next())
          .matches(
              "\\{\"id\":2,\"subscribe\":\\{\"recoverable\":true,\"positioned\":true,"
                  + "\"epoch\":\".+\",\"offset\":0}}");
      assertThat(
              client
                  .send("{\"id\":2,\"publish\":{\"channel\":\"chat/1\",\"data\":{\"a\": 1}}}")
                  .next())
          .isEqualTo("{\"id\":2,\"publish\":{}}");
      assertThat(other.next())
          .isEqualTo(
              "{\"push\":{\"channel\":\"chat/1\",\"pub\":{\"data\":{\"a\": 1},\"offset\":1}}}");
      assertThat(client.send("{\"id\":3,\"publish\":{\"channel\":\"news/1\",\"data\":1}}").next())
          .isEqualTo(
              error(3, 103, "permission denied: the rule of news/1 does not let clients publish"));
      assertThat(
              client.send("{\"id\":4,\"publish\":{\"channel\":\"chat/secret\",\"data\":1}}").next())
          .isEqualTo(error(4, 103, "permission denied: clients may not publish chat/secret"));
    }
  }

  @Test
  void aPublicationComesBeforeItsOwnReplyAndBehindTheSubscription() {
    try (Client client = connect()) {
      client.send(
          subscribe(2, "chat/1") + "\n{\"id\":3,\"publish\":{\"channel\":\"chat/1\",\"data\":1}}");
      assertThat(client.next()).startsWith("{\"id\":2,\"subscribe\":{");
      assertThat(client.next()).startsWith("{\"push\":{\"channel\":\"chat/1\"");
      assertThat(client.next()).isEqualTo("{\"id\":3,\"publish\":{}}");
    }
  }

  @Test
  void whatWasMissedIsRecoveredOrNothingIs() {
    String epoch;
    try (Client client = connect()) {
      String subscribed = client.send(subscribe(2, "chat/1")).next();
      epoch = subscribed.replaceAll(".*\"epoch\":\"([^\"]+)\".*", "$1");
    }
    for (int i = 1; i <= 3; i++) {
      node.publish("chat/1", Payload.of(i)).join();
    }
    try (Client client = connect()) {
      assertThat(client.send(recover(2, "chat/1", 1, epoch)).next())
          .isEqualTo(
              "{\"id\":2,\"subscribe\":{\"recoverable\":true,\"positioned\":true,\"epoch\":\""
                  + epoch
                  + "\",\"offset\":1,\"was_recovering\":true,\"recovered\":true,"
                  + "\"publications\":[{\"data\":2,\"offset\":2},{\"data\":3,\"offset\":3}]}}");
    }
    node.publish("chat/1", Payload.of(4)).join();
    String lost =
        "{\"id\":2,\"subscribe\":{\"recoverable\":true,\"positioned\":true,\"epoch\":\""
            + epoch
            + "\",\"offset\":4,\"was_recovering\":true}}";
    try (Client client = connect();
        Client stranger = connect()) {
      assertThat(client.send(recover(2, "chat/1", 0, epoch)).next()).isEqualTo(lost);
      assertThat(stranger.send(recover(2, "chat/1", 4, "other")).next()).isEqualTo(lost);
    }
  }

  private static String recover(int id, String channel, int offset, String epoch) {
    return "{\"id\":%d,\"subscribe\":{\"channel\":\"%s\",\"recover\":true,\"offset\":%d,\"epoch\":\"%s\"}}"
        .formatted(id, channel, offset, epoch);
  }

  @Test
  void historyByPages() {
    for (int i = 1; i <= 4; i++) {
      node.publish("chat/1", Payload.of(i)).join();
    }
    try (Client client = connect()) {
      String top = client.send(history(2, "\"limit\":0")).next();
      assertThat(top)
          .matches(
              "\\{\"id\":2,\"history\":\\{\"publications\":\\[],\"epoch\":\".+\",\"offset\":4}}");
      String epoch = top.replaceAll(".*\"epoch\":\"([^\"]+)\".*", "$1");
      assertThat(client.send(history(3, "\"limit\":-1")).next())
          .contains(
              "[{\"data\":2,\"offset\":2},{\"data\":3,\"offset\":3},{\"data\":4,\"offset\":4}]");
      assertThat(client.send(history(4, "\"limit\":1,\"reverse\":true")).next())
          .contains("[{\"data\":4,\"offset\":4}]");
      assertThat(
              client
                  .send(
                      history(
                          5, "\"limit\":9,\"since\":{\"offset\":3,\"epoch\":\"" + epoch + "\"}"))
                  .next())
          .contains("[{\"data\":4,\"offset\":4}]");
      assertThat(
              client
                  .send(
                      history(
                          6, "\"limit\":9,\"since\":{\"offset\":0,\"epoch\":\"" + epoch + "\"}"))
                  .next())
          .startsWith("{\"id\":6,\"error\":{\"code\":112,");
      assertThat(
              client
                  .send(history(7, "\"limit\":9,\"since\":{\"offset\":3,\"epoch\":\"x\"}"))
                  .next())
          .startsWith("{\"id\":7,\"error\":{\"code\":112,");
      assertThat(client.send("{\"id\":8,\"history\":{\"channel\":\"news/1\"}}").next())
          .isEqualTo(error(8, 108, "not available: the rule of news/1 has no history"));
    }
  }

  private static String history(int id, String more) {
    return "{\"id\":%d,\"history\":{\"channel\":\"chat/1\",%s}}".formatted(id, more);
  }

  @Test
  void whoIsThereAndWhoComesAndGoes() {
    try (Client client = connect()) {
      String id;
      assertThat(client.send(subscribe(2, "room/1")).next())
          .isEqualTo("{\"id\":2,\"subscribe\":{}}");
      assertThat(client.next()).startsWith("{\"push\":{\"channel\":\"room/1\",\"join\":{\"info\":");
      try (Client other = connect()) {
        assertThat(other.send(subscribe(2, "room/1")).next())
            .isEqualTo("{\"id\":2,\"subscribe\":{}}");
        String joined = client.next();
        id = joined.replaceAll(".*\"client\":\"([^\"]+)\".*", "$1");
        assertThat(joined)
            .isEqualTo(
                "{\"push\":{\"channel\":\"room/1\",\"join\":{\"info\":{\"user\":\"\",\"client\":\""
                    + id
                    + "\"}}}}");
        assertThat(client.send("{\"id\":3,\"presence_stats\":{\"channel\":\"room/1\"}}").next())
            .isEqualTo("{\"id\":3,\"presence_stats\":{\"num_clients\":2,\"num_users\":1}}");
        assertThat(client.send("{\"id\":4,\"presence\":{\"channel\":\"room/1\"}}").next())
            .contains("\"" + id + "\":{\"user\":\"\",\"client\":\"" + id + "\"}");
      }
      assertThat(client.next())
          .isEqualTo(
              "{\"push\":{\"channel\":\"room/1\",\"leave\":{\"info\":{\"user\":\"\",\"client\":\""
                  + id
                  + "\"}}}}");
      assertThat(client.send("{\"id\":5,\"presence\":{\"channel\":\"news/1\"}}").next())
          .isEqualTo(error(5, 108, "not available: the rule of news/1 has no presence"));
    }
  }

  @Test
  void callsReachActionsAndTheirFailuresHaveNumbers() {
    node.addService(
            Service.at("math")
                .action("add", (payload, context) -> Payload.of(3))
                .action(
                    "fail",
                    (payload, context) -> {
                      throw RunarException.defined("Broken", "it is broken", null);
                    })
                .action(
                    "input",
                    (payload, context) -> {
                      throw new RunarException(Code.INVALID_INPUT, "a is missing");
                    })
                .build())
        .join();
    try (Client client = connect()) {
      assertThat(client.send(rpc(2, "math/add")).next())
          .isEqualTo("{\"id\":2,\"rpc\":{\"data\":3}}");
      assertThat(client.send(rpc(3, "math/fail")).next())
          .isEqualTo(error(3, 400, "Broken: it is broken"));
      assertThat(client.send(rpc(4, "math/input")).next())
          .isEqualTo(error(4, 401, "INVALID_INPUT: a is missing"));
      assertThat(client.send(rpc(5, "math/none")).next())
          .startsWith("{\"id\":5,\"error\":{\"code\":104,");
      assertThat(client.send(rpc(6, "$runtime/stats")).next())
          .isEqualTo(error(6, 103, "permission denied: clients may not request $runtime/stats"));
      assertThat(client.send(rpc(7, "")).next()).startsWith("{\"id\":7,\"error\":{\"code\":107,");
    }
  }

  private static String rpc(int id, String method) {
    return "{\"id\":%d,\"rpc\":{\"method\":\"%s\",\"data\":{}}}".formatted(id, method);
  }

  @Test
  void aMessageReachesPrograms() throws Exception {
    var heard = new CompletableFuture<Payload>();
    var _ = node.subscribe("$client/message", (event, context) -> heard.complete(event.payload()));
    try (Client client = connect()) {
      client.send("{\"send\":{\"data\":{\"a\":1}}}");
      assertThat(heard.get(10, TimeUnit.SECONDS).text())
          .matches("\\{\"client\":\"[0-9a-f-]{36}\",\"user\":\"\",\"data\":\\{\"a\":1}}");
    }
  }

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

  /** The mark is the client's own: what it makes of two answers is its affair. */
  @Test
  void anIdThatIsUsedAgainIsAnsweredAgain() {
    try (Client client = connect()) {
      client.send(subscribe(2, "news/a") + "\n" + subscribe(2, "news/b"));
      assertThat(client.next())
          .isEqualTo("{\"id\":2,\"subscribe\":{}}\n{\"id\":2,\"subscribe\":{}}");
      assertThat(client.send("{\"id\":1,\"unsubscribe\":{\"channel\":\"news/a\"}}").next())
          .isEqualTo("{\"id\":1,\"unsubscribe\":{}}");
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
  void aPositionThatNeverWasIsNotRecovered() {
    try (Client client = connect()) {
      String subscribed = client.send(subscribe(2, "chat/1")).next();
      String epoch = subscribed.replaceAll(".*\"epoch\":\"([^\"]+)\".*", "$1");
      client.send("{\"id\":3,\"unsubscribe\":{\"channel\":\"chat/1\"}}").next();
      assertThat(client.send(recover(4, "chat/1", 7, epoch)).next())
          .as("an offset that is still to come")
          .endsWith("\"offset\":0,\"was_recovering\":true}}");
      assertThat(
              client
                  .send(
                      history(
                          5, "\"limit\":9,\"since\":{\"offset\":7,\"epoch\":\"" + epoch + "\"}"))
                  .next())
          .startsWith("{\"id\":5,\"error\":{\"code\":112,");
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
