package dev.runar.internal.broker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.Payload;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Sessions of the Centrifugal protocol on a lane that a test steps: their tokens and their time.
 */
@Timeout(60)
class CentrifugalSessionTest extends CentrifugalFixture {
  @Test
  void nothingElseIsDoneUntilATokenIsLookedAt() {
    Simulation.Client client = open();
    client.says(
        "{\"id\":1,\"connect\":{\"token\":\"t\"}}\n{\"id\":2,\"subscribe\":{\"channel\":\"a\"}}",
        "{\"id\":3,\"unsubscribe\":{\"channel\":\"a\"}}");
    assertThat(got(client)).isEmpty();
    assertThat(client.connection.reading).isFalse();
    tokens.connecting.getLast().complete(ada(0));
    assertThat(String.join("\n", got(client)))
        .matches(
            "\\{\"id\":1,\"connect\".*\n\\{\"id\":2,\"subscribe\":\\{}}\n"
                + "\\{\"id\":3,\"unsubscribe\":\\{}}");
    assertThat(client.connection.reading).isTrue();
  }

  @Test
  void aTokenThatIsRefusedOrCannotBeChecked() {
    Simulation.Client expired = connect(new ClientTokens.Connecting.Refused(109, "token expired"));
    assertThat(got(expired))
        .containsExactly("{\"id\":1,\"error\":{\"code\":109,\"message\":\"token expired\"}}");
    expired.says("{\"id\":2,\"connect\":{}}");
    simulation.settle();
    assertThat(expired.connection.closeCode).isEqualTo(3501);

    Simulation.Client invalid = connect(new ClientTokens.Connecting.Refused(3500, "invalid token"));
    assertThat(invalid.connection.closeCode).isEqualTo(3500);

    Simulation.Client unchecked = open();
    unchecked.says("{\"id\":1,\"connect\":{}}");
    tokens.connecting.getLast().completeExceptionally(new IllegalStateException("no keys"));
    assertThat(got(unchecked))
        .containsExactly(
            "{\"id\":1,\"error\":{\"code\":100,"
                + "\"message\":\"internal server error: the token could not be checked\","
                + "\"temporary\":true}}");
  }

  @Test
  void whatTheServerSubscribesAClientTo() {
    Simulation.Client client = connect(ada(0, "chat/1", "news"));
    assertThat(client.got())
        .satisfiesExactly(
            connected ->
                assertThat(connected)
                    .contains("\"subs\":{\"chat/1\":{\"recoverable\":true,")
                    .contains("\"news\":{}}"),
            joined ->
                assertThat(joined)
                    .contains("\"join\":{\"info\":{\"user\":\"ada\"")
                    .contains("\"conn_info\":{\"n\":1}"));
    simulation.gate.publish("news", Payload.of(7));
    assertThat(got(client))
        .containsExactly("{\"push\":{\"channel\":\"news\",\"pub\":{\"data\":7,\"offset\":1}}}");
  }

  @Test
  void aTokenThatNamesNoChannelIsInvalid() {
    Simulation.Client client = connect(ada(0, "chat/*"));
    assertThat(client.connection.closeCode).isEqualTo(3500);
  }

  @Test
  void aConnectionEndsUnlessANewerTokenIsShown() {
    Simulation.Client client = connect(ada(StoppedTime.NOW + 60));
    assertThat(String.join("", client.got())).contains("\"expires\":true,\"ttl\":60");
    assertThat(time.delays)
        .singleElement()
        .extracting(StoppedTime.Waiting::nanos)
        .isEqualTo(85_000_000_000L);
    client.says("{\"id\":2,\"refresh\":{\"token\":\"new\"}}");
    tokens.connecting.getLast().complete(ada(StoppedTime.NOW + 90));
    assertThat(got(client)).singleElement().asString().contains("\"refresh\":{\"client\":\"");
    assertThat(time.delays)
        .singleElement()
        .extracting(StoppedTime.Waiting::nanos)
        .isEqualTo(115_000_000_000L);
    time.delays.getFirst().task().run();
    simulation.settle();
    assertThat(client.connection.closeCode).isEqualTo(3005);
  }

  @Test
  void theNewerTokenIsOfTheSameUser() {
    Simulation.Client client = connect(ada(StoppedTime.NOW + 60));
    client.says("{\"id\":2,\"refresh\":{\"token\":\"new\"}}");
    tokens
        .connecting
        .getLast()
        .complete(
            new ClientTokens.Connecting.Allowed("bob", null, StoppedTime.NOW + 90, List.of()));
    simulation.settle();
    assertThat(client.connection.closeCode).isEqualTo(3500);
  }

  @Test
  void aSubscriptionByTokenEndsWithIt() {
    Simulation.Client client = connect(ada(0));
    client.got();
    client.says("{\"id\":2,\"subscribe\":{\"channel\":\"a\",\"token\":\"t\"}}");
    tokens
        .subscribing
        .getLast()
        .complete(new ClientTokens.Subscribing.Allowed(null, StoppedTime.NOW + 10));
    assertThat(got(client))
        .containsExactly("{\"id\":2,\"subscribe\":{\"expires\":true,\"ttl\":10}}");
    client.says("{\"id\":3,\"sub_refresh\":{\"channel\":\"a\",\"token\":\"t2\"}}");
    tokens
        .subscribing
        .getLast()
        .complete(new ClientTokens.Subscribing.Allowed(null, StoppedTime.NOW + 20));
    assertThat(got(client))
        .containsExactly("{\"id\":3,\"sub_refresh\":{\"expires\":true,\"ttl\":20}}");
    time.delays.getLast().task().run();
    assertThat(got(client))
        .containsExactly(
            "{\"push\":{\"channel\":\"a\",\"unsubscribe\":"
                + "{\"code\":2501,\"reason\":\"subscription expired\"}}}");
    simulation.gate.publish("a", Payload.of(1));
    assertThat(got(client)).isEmpty();
  }

  @Test
  void aTokenDoesNotOpenWhatIsTheNodesOwn() {
    Simulation.Client client = connect(ada(0));
    client.got();
    client.says("{\"id\":2,\"subscribe\":{\"channel\":\"$runtime/x\",\"token\":\"t\"}}");
    assertThat(got(client)).singleElement().asString().contains("\"code\":103");
    assertThat(tokens.subscribing).isEmpty();
  }

  @Test
  void whoDoesNotConnectIsDisconnected() {
    Simulation.Client client = open();
    time.delays.getFirst().task().run();
    simulation.settle();
    assertThat(client.connection.closeCode).isEqualTo(3502);
  }

  @Test
  void aClientIsPingedRegularlyAndDisconnectedWithoutAPong() {
    Simulation.Client client = connect(ada(0));
    client.got();
    int pings = 0;
    for (int second = 1; second <= 100; second++) {
      simulation.nanos = second * 1_000_000_000L;
      simulation.on(0, () -> simulation.lanes.getFirst().sweep());
      if (client.got().contains("{}")) {
        pings++;
        simulation.on(0, client.session::heard);
        client.says("{}");
      }
    }
    assertThat(pings).isEqualTo(4);
    for (int second = 101; second <= 140; second++) {
      simulation.nanos = second * 1_000_000_000L;
      simulation.on(0, () -> simulation.lanes.getFirst().sweep());
    }
    assertThat(client.connection.closeCode).isEqualTo(3012);
  }

  @Test
  void aProgramSendsToOneSession() {
    Simulation.Client client = connect(ada(0));
    client.got();
    var _ = client.session.send(Payload.object("a", 1));
    assertThat(got(client)).containsExactly("{\"push\":{\"message\":{\"data\":{\"a\":1}}}}");
  }

  @Test
  void aTokenThatIsLookedAtForLongIsNoSilenceOfTheClient() {
    Simulation.Client client = open();
    StoppedTime.Waiting greeting = time.delays.getFirst();
    client.says("{\"id\":1,\"connect\":{\"token\":\"t\"}}");
    assertThat(time.delays).isEmpty();
    greeting.task().run(); // it was on its way already
    simulation.settle();
    tokens.connecting.getLast().complete(ada(0));
    assertThat(got(client)).singleElement().asString().startsWith("{\"id\":1,\"connect\":");
    assertThat(client.connection.closeCode).isZero();
  }

  @Test
  void whoWasRefusedAndStaysIsDisconnected() {
    Simulation.Client client = connect(new ClientTokens.Connecting.Refused(109, "token expired"));
    assertThat(client.connection.closeCode).isZero();
    time.delays.getFirst().task().run();
    simulation.settle();
    assertThat(client.connection.closeCode).isEqualTo(3502);
  }

  @Test
  void aTokenThatNamesMoreChannelsThanASessionMayHaveIsInvalid() {
    Simulation.Client client = connect(ada(0, "chat/1", "b", "c", "d", "e", "f"));
    assertThat(String.join("", client.got())).contains("\"code\":106", "names 6 channels");
    assertThat(client.connection.closeCode).isEqualTo(3500);
    assertThat(simulation.broker.topics(Optional.empty(), 10)).isEmpty();
  }

  @Test
  void aTokenThatNamesWhatIsTheNodesOwnIsInvalid() {
    Simulation.Client client = connect(ada(0, "chat/1", "$runtime/x"));
    assertThat(String.join("", client.got())).contains("\"code\":103");
    assertThat(client.connection.closeCode).isEqualTo(3500);
  }

  @Test
  void aClientThatWasNotLetInIsNotToldToHaveLeft() {
    Simulation.Client other = connect(someone("other", 600_000, "chat/1"));
    other.got();
    var _ = connect(ada(0, "chat/1", "chat/*"));
    Simulation.Client large = connect(someone("large", 600_000, "chat/2", "chat/1"));
    assertThat(large.got())
        .singleElement()
        .asString()
        .contains("\"code\":111", "chat/1 has no room", "\"temporary\":true");
    assertThat(large.connection.closeCode).isEqualTo(3013);
    assertThat(other.got()).isEmpty();
  }

  @Test
  void aNewerTokenOfASubscriptionThatHasEndedIsNotForTheNextOne() {
    Simulation.Client client = connect(ada(0));
    client.says("{\"id\":2,\"subscribe\":{\"channel\":\"a\",\"token\":\"t\"}}");
    tokens
        .subscribing
        .getLast()
        .complete(new ClientTokens.Subscribing.Allowed(null, StoppedTime.NOW + 10));
    got(client);
    client.says("{\"id\":3,\"sub_refresh\":{\"channel\":\"a\",\"token\":\"t2\"}}");
    simulation.on(0, () -> client.session.gap("a", 1, 2));
    client.says("{\"id\":4,\"subscribe\":{\"channel\":\"a\"}}");
    tokens
        .subscribing
        .getLast()
        .complete(new ClientTokens.Subscribing.Allowed(null, StoppedTime.NOW + 20));
    assertThat(String.join("\n", got(client)))
        .matches("(?s).*2500.*\"id\":3,\"error\":\\{\"code\":103.*\"id\":4,\"subscribe\".*");
    assertThat(time.delays).isEmpty();
  }

  @Test
  void aSessionThatEndsWhileATokenIsLookedAtLeavesNothing() {
    Simulation.Client client = open();
    client.says("{\"id\":1,\"connect\":{\"token\":\"t\"}}");
    client.session.close(1000, "");
    simulation.settle();
    tokens.connecting.getLast().complete(ada(StoppedTime.NOW + 60, "chat/1"));
    simulation.settle();
    assertThat(time.delays).isEmpty();
    assertThat(simulation.broker.topics(Optional.empty(), 10)).isEmpty();
  }
}
