package dev.runar.path;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.Payload;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.Service;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The Centrifugal protocol as JSON over a real socket, frame by frame. */
@Timeout(60)
class CentrifugalTest extends CentrifugalNodeFixture {
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
}
