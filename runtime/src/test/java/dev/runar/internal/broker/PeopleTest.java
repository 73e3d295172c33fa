package dev.runar.internal.broker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.Payload;
import dev.runar.apps.AppLimits;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of users and members on lanes that run when the test says so. */
@Timeout(60)
class PeopleTest {
  private static final String ROOM = "presence-room";

  private final PusherSimulation app =
      new PusherSimulation(AppLimits.DEFAULT.withPresenceMembers(1_000));

  @AfterEach
  void stop() {
    app.close();
  }

  @Test
  void p75OnlyTheConnectionsThatAreSignedInAsTheUserEnd() {
    var ada = app.connect(0);
    var adaToo = app.connect(1);
    var bob = app.connect(1);
    var member = app.connect(2);
    ada.says(PusherSimulation.signing(ada, "ada"));
    adaToo.says(PusherSimulation.signing(adaToo, "ada"));
    bob.says(PusherSimulation.signing(bob, "bob"));
    member.says(PusherSimulation.joining(member, ROOM, "ada"));
    assertThat(app.state().terminate("ada")).isEqualTo(2);
    app.simulation.settle();
    for (var ended : List.of(ada, adaToo)) {
      assertThat(ended.got()).last().asString().contains("pusher:error").contains("4009");
      assertThat(ended.connection.closeCode).isEqualTo(4009);
    }
    assertThat(bob.connection.closeCode).isZero();
    assertThat(member.connection.closeCode).isZero();
    assertThat(app.state().terminate("ada")).isZero();
    var again = app.connect(0);
    again.says(PusherSimulation.signing(again, "ada"));
    assertThat(again.got()).last().asString().contains("signin_success");
  }

  @Test
  void p29ASecondSubscriptionOfAMemberIsAnsweredWithTheListAndCountsOnce() {
    var one = app.connect(0);
    var two = app.connect(1);
    one.says(PusherSimulation.joining(one, ROOM, "ada"));
    two.says(PusherSimulation.joining(two, ROOM, "bob"));
    app.simulation.settle();
    one.got();
    one.says(PusherSimulation.joining(one, ROOM, "eve"));
    assertThat(one.got())
        .singleElement()
        .asString()
        .contains("\\\"ids\\\":[\\\"ada\\\",\\\"bob\\\"]");
    one.says(PusherSimulation.leaving(ROOM));
    app.simulation.settle();
    assertThat(two.got()).last().asString().contains("member_removed").contains("ada");
  }

  @Test
  void aLaneThatIsFullStillTakesWhoComesAndGoes() {
    var member = app.connect(0);
    var flooded = app.connect(1);
    flooded.says(PusherSimulation.joining(flooded, ROOM, "ada"));
    member.says(PusherSimulation.joining(member, ROOM, "bob"));
    app.simulation.settle();
    flooded.got();
    Payload large = Payload.json("\"" + "x".repeat(100_000) + "\"");
    for (int i = 0; i < 20; i++) { // of which ten find room
      var _ = app.simulation.gate.publish("$app/1/" + ROOM, large);
    }
    member.says(PusherSimulation.leaving(ROOM));
    flooded.connection.slow = false;
    app.simulation.settle();
    assertThat(app.simulation.broker.stats().snapshot().refusals())
        .hasEntrySatisfying(BrokerStats.Refusal.LANE_FULL, count -> assertThat(count).isPositive());
    assertThat(flooded.got()).last().asString().contains("member_removed").contains("bob");
  }

  @Test
  void aHundredWhoJoinAtOnceAreListedWithoutWorkForEachPair() {
    List<Simulation.Client> clients = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      clients.add(app.connect(i % PusherSimulation.LANES));
    }
    for (int i = 0; i < 100; i++) {
      var client = clients.get(i);
      client.says(PusherSimulation.joining(client, ROOM, "u" + i));
    }
    app.simulation.settle();
    Map<byte[], Integer> written = new IdentityHashMap<>();
    for (int i = 0; i < 100; i++) {
      assertThat(clients.get(i).connection.bursts).hasSize(99 - i);
      clients.get(i).connection.bursts.forEach(each -> written.merge(each, 1, Integer::sum));
    }
    // Each is encoded once, for all who were there before.
    assertThat(written).hasSize(99);
    written.forEach(
        (bytes, readers) ->
            assertThat(new String(bytes, UTF_8)).contains("\\\"u" + readers + "\\\""));
  }
}
