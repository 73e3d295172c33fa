package dev.runar.internal.broker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.Payload;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What clients of the Centrifugal protocol miss, get again, and have no room for. */
@Timeout(60)
class CentrifugalGapsTest extends CentrifugalFixture {
  @Test
  void whoMissesSomethingIsToldToSubscribeAgain() {
    Simulation.Client client = connect(ada(0));
    client.says("{\"id\":2,\"subscribe\":{\"channel\":\"a\"}}");
    simulation.settle();
    client.got();
    simulation.on(0, () -> client.session.gap("a", 1, 2));
    assertThat(got(client))
        .containsExactly(
            "{\"push\":{\"channel\":\"a\",\"unsubscribe\":"
                + "{\"code\":2500,\"reason\":\"insufficient state\"}}}");
    simulation.gate.publish("a", Payload.of(3));
    assertThat(got(client)).isEmpty();
    client.says("{\"id\":3,\"subscribe\":{\"channel\":\"a\"}}");
    assertThat(got(client)).containsExactly("{\"id\":3,\"subscribe\":{}}");
    assertThat(paths.stats().snapshot().get("gaps")).isEqualTo(1L);
  }

  @Test
  void nothingMoreComesToAClientThatReadTooSlowlyUntilItSubscribesAgain() {
    Simulation.Client client = connect(ada(0));
    client.says("{\"id\":2,\"subscribe\":{\"channel\":\"slow/1\"}}");
    String epoch = epoch(String.join("", got(client)));
    client.connection.slow = true;
    for (int i = 1; i <= 60; i++) {
      simulation.gate.publish("slow/1", Payload.of("x".repeat(30_000)));
      simulation.settle();
    }
    int seen = offsets(String.join("", client.got())).size();
    client.connection.slow = false;
    simulation.on(0, client.connection::read);
    assertThat(got(client))
        .containsExactly(
            "{\"push\":{\"channel\":\"slow/1\",\"unsubscribe\":"
                + "{\"code\":2500,\"reason\":\"insufficient state\"}}}");
    client.says(
        "{\"id\":3,\"subscribe\":{\"channel\":\"slow/1\",\"recover\":true,\"offset\":%d,\"epoch\":\"%s\"}}"
            .formatted(50, epoch));
    assertThat(seen).isLessThan(30);
    String recovered = String.join("", got(client));
    assertThat(recovered).contains("\"recovered\":true");
    assertThat(offsets(recovered.substring(recovered.indexOf("publications"))))
        .containsExactly(51, 52, 53, 54, 55, 56, 57, 58, 59, 60);
    assertThat(client.connection.isAwaited()).isFalse();
  }

  @Test
  void whatAClientMissedBeforeDoesNotEndItsNextSubscription() {
    Simulation.Client client = connect(ada(0));
    client.says("{\"id\":2,\"subscribe\":{\"channel\":\"slow/1\"}}");
    client.connection.slow = true;
    for (int i = 1; i <= 60; i++) {
      simulation.gate.publish("slow/1", Payload.of("x".repeat(30_000)));
      simulation.settle();
    }
    client.got();
    client.says(
        "{\"id\":3,\"unsubscribe\":{\"channel\":\"slow/1\"}}",
        "{\"id\":4,\"subscribe\":{\"channel\":\"slow/1\"}}");
    simulation.gate.publish("slow/1", Payload.of(61));
    simulation.settle();
    client.connection.slow = false;
    simulation.on(0, client.connection::read);
    assertThat(got(client))
        .satisfiesExactly(
            left -> assertThat(left).contains("\"id\":3,\"unsubscribe\""),
            again -> assertThat(again).contains("\"id\":4,\"subscribe\"", "\"offset\":60"),
            next -> assertThat(next).contains("\"data\":61,\"offset\":61"));
  }

  @Test
  void whatAFullLaneRefusedIsRecovered() {
    Simulation.Client client = connect(ada(0));
    client.says("{\"id\":2,\"subscribe\":{\"channel\":\"chat/1\"}}");
    String epoch = epoch(String.join("", got(client)));
    for (int i = 1; i <= 8; i++) {
      simulation.gate.publish("chat/1", Payload.of(i + "x".repeat(30_000)));
    }
    String seen = String.join("\n", got(client));
    simulation.gate.publish("chat/1", Payload.of("9"));
    seen += "\n" + String.join("\n", got(client));
    assertThat(seen).contains("\"unsubscribe\":{\"code\":2500");
    List<Integer> before = offsets(seen.substring(0, seen.indexOf("unsubscribe")));
    assertThat(offsets(seen)).isEqualTo(before).hasSizeLessThan(8);
    client.says(
        "{\"id\":3,\"subscribe\":{\"channel\":\"chat/1\",\"recover\":true,\"offset\":%d,\"epoch\":\"%s\"}}"
            .formatted(before.size(), epoch));
    String recovered = String.join("", got(client));
    assertThat(recovered).contains("\"recovered\":true");
    var all = new ArrayList<>(before);
    all.addAll(offsets(recovered.substring(recovered.indexOf("publications"))));
    assertThat(all).containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9);
  }

  @Test
  void whoMissesSomethingOfTheServersChannelsIsDisconnected() {
    Simulation.Client client = connect(ada(0, "a"));
    simulation.on(0, () -> client.session.gap("a", 1, 2));
    simulation.settle();
    assertThat(client.connection.closeCode).isEqualTo(3010);
  }

  @Test
  void aPublicationThatHandlersHadNoRoomForIsNotAnsweredAsPublished() {
    Simulation.Client client = connect(ada(0));
    client.says("{\"id\":2,\"subscribe\":{\"channel\":\"chat/1\"}}");
    got(client);
    simulation.gate.refusing = 2;
    client.says("{\"id\":3,\"publish\":{\"channel\":\"chat/1\",\"data\":7}}");
    assertThat(got(client))
        .satisfiesExactly(
            push -> assertThat(push).contains("\"pub\":{\"data\":7,\"offset\":1}"),
            refused ->
                assertThat(refused)
                    .isEqualTo(
                        "{\"id\":3,\"error\":{\"code\":111,\"message\":\"too many requests: "
                            + "published, but handlers had no room for it: 2\","
                            + "\"temporary\":true}}"));
    client.says("{\"send\":{\"data\":1}}");
    assertThat(paths.stats().snapshot().get("unheardMessages")).isEqualTo(1L);
  }

  @Test
  void whatAllSubscriptionsOfAConnectRecoverTogetherIsBounded() {
    Simulation.Client first = connect(ada(0, "chat/1", "chat/2"));
    List<String> epochs =
        Pattern.compile("\"epoch\":\"([^\"]+)\"")
            .matcher(String.join("", first.got()))
            .results()
            .map(found -> found.group(1))
            .toList();
    publish("chat/1", 10);
    publish("chat/2", 10);
    Simulation.Client client = open();
    client.says(
        ("{\"id\":1,\"connect\":{\"token\":\"t\",\"subs\":{"
                + "\"chat/1\":{\"recover\":true,\"offset\":0,\"epoch\":\"%s\"},"
                + "\"chat/2\":{\"recover\":true,\"offset\":0,\"epoch\":\"%s\"}}}}")
            .formatted(epochs.get(0), epochs.get(1)));
    tokens.connecting.getLast().complete(ada(0, "chat/1", "chat/2"));
    String connected = got(client).getFirst();
    assertThat(connected.length()).isBetween(600_000, 1 << 20);
    assertThat(connected.split("\"recovered\":true", -1)).hasSize(2);
    assertThat(client.connection.closeCode).isZero();
  }

  @Test
  void aPageOfTheHistoryFitsBesideWhatWaits() {
    Simulation.Client client = connect(ada(0));
    publish("chat/1", 10);
    client.got();
    client.connection.slow = true;
    for (int id = 2; id <= 3; id++) {
      client.says("{\"id\":" + id + ",\"history\":{\"channel\":\"chat/1\",\"limit\":10}}");
    }
    assertThat(client.connection.closeCode).isZero();
    assertThat(got(client))
        .satisfiesExactly(
            whole -> assertThat(offsets(whole)).hasSize(11),
            part -> assertThat(offsets(part)).startsWith(1, 2, 3).hasSizeBetween(4, 9));
  }

  @Test
  void presenceThatHasNoRoomBesideWhatWaitsIsRefused() {
    for (int i = 0; i < 6; i++) {
      connect(someone("user" + i, 100_000, "chat/1"));
    }
    Simulation.Client client = connect(ada(0));
    client.got();
    client.connection.slow = true;
    for (int id = 2; id <= 3; id++) {
      client.says("{\"id\":" + id + ",\"presence\":{\"channel\":\"chat/1\"}}");
    }
    assertThat(client.connection.closeCode).isZero();
    assertThat(got(client))
        .satisfiesExactly(
            whole -> assertThat(whole).contains("user0", "user5"),
            refused -> assertThat(refused).contains("\"code\":111", "\"temporary\":true"));
  }
}
