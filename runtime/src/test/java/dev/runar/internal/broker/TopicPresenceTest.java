package dev.runar.internal.broker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.Payload;
import dev.runar.channels.ChannelRule;
import dev.runar.internal.broker.BrokerStats.Refusal;
import dev.runar.internal.broker.centrifugal.CentrifugalPaths;
import dev.runar.internal.protocol.Client;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who is where, as clients of {@code /topics} see it, and those of the Centrifugal dialect. */
@Timeout(60)
class TopicPresenceTest {
  private static final List<ChannelRule> RULES =
      List.of(
          ChannelRule.of("chat/*").withHistory(10, Duration.ofMinutes(1)).withPresence(true, true),
          ChannelRule.of("quiet/*").withPresence(true, false));

  private final ClientSetting clients = NamedByToken.clients();
  private final Simulation simulation =
      new Simulation(
          Simulation.options(1 << 20, 1 << 20, 100_000, RULES),
          2,
          gate -> new CentrifugalPaths(gate, clients),
          clients);

  private Simulation.Client client(int lane, String name) {
    return client(lane, name, "");
  }

  private Simulation.Client client(int lane, String name, String user) {
    Simulation.Client client = simulation.connect(lane);
    client.says("{\"connect\":{\"client\":\"%s\",\"token\":\"%s\"}}".formatted(name, user));
    got(client);
    return client;
  }

  private List<String> got(Simulation.Client client) {
    simulation.settle();
    return client.got();
  }

  private static String member(String name) {
    return member(name, "");
  }

  private static String member(String name, String user) {
    return "{\"client\":\"%s\",\"user\":\"%s\"}".formatted(name, user);
  }

  private static String news(String what, String topic, String name) {
    return news(what, topic, name, "");
  }

  private static String news(String what, String topic, String name, String user) {
    return "{\"%s\":\"%s\",\"member\":%s}".formatted(what, topic, member(name, user));
  }

  @Test
  void whoAskedForItIsToldWhoComesAndGoesInOrderWithTheEvents() {
    Simulation.Client ada = client(0, "ada");
    Simulation.Client other = client(0, "other");
    Simulation.Client bob = client(1, "bob");
    ada.says("{\"subscribe\":\"chat/1\",\"members\":true}");
    other.says("{\"subscribe\":\"chat/1\"}");
    assertThat(got(ada).subList(1, 3))
        .containsExactly(news("joined", "chat/1", "ada"), news("joined", "chat/1", "other"));
    bob.says("{\"publish\":\"chat/1\",\"data\":1}", "{\"subscribe\":\"chat/1\"}");
    bob.says("{\"publish\":\"chat/1\",\"data\":2}", "{\"unsubscribe\":\"chat/1\"}");
    bob.says("{\"publish\":\"chat/1\",\"data\":3}");
    assertThat(got(ada))
        .containsExactly(
            "{\"topic\":\"chat/1\",\"data\":1,\"offset\":1}",
            news("joined", "chat/1", "bob"),
            "{\"topic\":\"chat/1\",\"data\":2,\"offset\":2}",
            news("left", "chat/1", "bob"),
            "{\"topic\":\"chat/1\",\"data\":3,\"offset\":3}");
    assertThat(got(other).subList(1, 4))
        .containsExactly(
            "{\"topic\":\"chat/1\",\"data\":1,\"offset\":1}",
            "{\"topic\":\"chat/1\",\"data\":2,\"offset\":2}",
            "{\"topic\":\"chat/1\",\"data\":3,\"offset\":3}");
  }

  @Test
  void whoAsksIsToldWhoIsThere() {
    Simulation.Client ada = client(0, "ada");
    Simulation.Client bob = client(1, "bob");
    Simulation.Client eve = simulation.connect(0); // has no name
    for (Simulation.Client each : List.of(ada, bob, eve)) {
      each.says("{\"subscribe\":\"quiet/1\",\"members\":true}");
    }
    got(ada);
    ada.says("{\"presence\":\"default:quiet/1\",\"id\":1}");
    assertThat(got(ada))
        .containsExactly(
            "{\"presence\":[%s,%s,%s],\"id\":1}"
                .formatted(member("ada"), member("bob"), member(eve.session.id())));
    simulation.on(1, () -> bob.session.closedByPeer(1006, ""));
    eve.says("{\"unsubscribe\":\"quiet/1\"}");
    ada.says("{\"presence\":\"quiet/1\",\"id\":2}");
    assertThat(got(ada)).containsExactly("{\"presence\":[" + member("ada") + "],\"id\":2}");
  }

  @Test
  void aClientThatComesBackBeforeItIsMissedHasNeverLeft() {
    Simulation.Client ada = client(0, "ada");
    ada.says("{\"subscribe\":\"chat/1\",\"members\":true}");
    Simulation.Client first = client(1, "phone", "bob");
    first.says("{\"subscribe\":\"chat/1\"}");
    Simulation.Client second = client(0, "phone", "bob");
    second.says("{\"subscribe\":\"chat/1\"}");
    simulation.on(1, () -> first.session.closedByPeer(1006, ""));
    assertThat(got(ada).subList(1, 3))
        .containsExactly(news("joined", "chat/1", "ada"), news("joined", "chat/1", "phone", "bob"));
    assertThat(clients.presence().counts("chat/1").clients()).isEqualTo(2);
    second.says("{\"unsubscribe\":\"chat/1\"}");
    assertThat(got(ada)).containsExactly(news("left", "chat/1", "phone", "bob"));
  }

  /** Nobody says that they are the same, so neither hides the other. */
  @Test
  void clientsWithoutAUserAreEachThereWhateverTheyCallThemselves() {
    Simulation.Client ada = client(0, "ada", "ada");
    ada.says("{\"subscribe\":\"chat/1\",\"members\":true}");
    Simulation.Client one = client(1, "web");
    Simulation.Client other = client(0, "web");
    one.says("{\"subscribe\":\"chat/1\"}");
    other.says("{\"subscribe\":\"chat/1\"}");
    assertThat(got(ada).subList(2, 4))
        .containsExactly(news("joined", "chat/1", "web"), news("joined", "chat/1", "web"));
    ada.says("{\"presence\":\"chat/1\",\"id\":1}");
    assertThat(got(ada))
        .containsExactly(
            "{\"presence\":[%s,%s,%s],\"id\":1}"
                .formatted(member("ada", "ada"), member("web"), member("web")));
    one.says("{\"unsubscribe\":\"chat/1\"}");
    ada.says("{\"presence\":\"chat/1\",\"id\":2}");
    assertThat(got(ada))
        .containsExactly(
            news("left", "chat/1", "web"),
            "{\"presence\":[%s,%s],\"id\":2}".formatted(member("ada", "ada"), member("web")));
  }

  @Test
  void anAnswerThatHasNoRoomBesideWhatWaitsIsRefusedAndTheClientStays() {
    Payload info = Payload.of("i".repeat(1_000));
    for (int i = 0; i < 900; i++) {
      var _ = clients.presence().enter("quiet/1", "s" + i, new Client("u" + i, "c", info));
    }
    Simulation.Client ada = client(0, "ada");
    ada.says("{\"subscribe\":\"loud/1\"}");
    got(ada);
    ada.connection.slow = true;
    for (int i = 0; i < 4; i++) {
      simulation.gate.publish("loud/1", Payload.of("x".repeat(50_000)));
      assertThat(got(ada)).hasSize(1);
    }
    ada.says("{\"presence\":\"quiet/1\",\"id\":1}");
    assertThat(got(ada)).singleElement().asString().contains("OVERLOADED", "no room", "\"id\":1}");
    assertThat(ada.connection.closeCode).isZero();
    ada.connection.read();
    ada.says("{\"presence\":\"quiet/1\",\"id\":2}");
    assertThat(got(ada))
        .singleElement()
        .asString()
        .startsWith("{\"presence\":[{\"client\":\"c\",\"user\":\"u0\"")
        .endsWith("\"id\":2}")
        .hasSizeGreaterThan(900_000);
  }

  @Test
  void clientsOfBothDialectsSeeEachOther() {
    Simulation.Client ada = client(0, "ada");
    ada.says("{\"subscribe\":\"chat/1\",\"members\":true}");
    got(ada);
    Simulation.Client bob =
        simulation.connect(
            1,
            simulation.broker.route("/connection/websocket").orElseThrow(),
            new Arrival("/connection/websocket", "", null, false));
    bob.says("{\"id\":1,\"connect\":{}}");
    simulation.settle();
    bob.says("{\"id\":2,\"subscribe\":{\"channel\":\"chat/1\"}}");
    String bobs = bob.session.id();
    assertThat(got(ada)).containsExactly(news("joined", "chat/1", bobs));
    got(bob);
    bob.says("{\"id\":3,\"presence\":{\"channel\":\"chat/1\"}}");
    assertThat(got(bob))
        .containsExactly(
            ("{\"id\":3,\"presence\":{\"presence\":{\"%s\":{\"user\":\"\",\"client\":\"ada\"},"
                    + "\"%s\":{\"user\":\"\",\"client\":\"%s\"}}}}")
                .formatted(ada.session.id(), bobs, bobs));
    ada.says("{\"presence\":\"chat/1\",\"id\":1}", "{\"unsubscribe\":\"chat/1\"}");
    assertThat(got(ada).getFirst())
        .isEqualTo("{\"presence\":[%s,%s],\"id\":1}".formatted(member("ada"), member(bobs)));
    assertThat(got(bob))
        .containsExactly(
            "{\"push\":{\"channel\":\"chat/1\",\"leave\":{\"info\":"
                + "{\"user\":\"\",\"client\":\"ada\"}}}}");
  }

  @Test
  void whatCannotBeAskedIsRefused() {
    Simulation.Client ada = client(0, "ada");
    ada.says(
        "{\"presence\":\"loud/1\",\"id\":1}",
        "{\"presence\":\"$runtime/x\",\"id\":2}",
        "{\"presence\":\"chat/*\",\"id\":3}",
        "{\"subscribe\":\"chat/*\",\"members\":true,\"id\":4}");
    assertThat(got(ada))
        .satisfiesExactly(
            none -> assertThat(none).contains("NOT_FOUND", "has no presence", "\"id\":1"),
            own -> assertThat(own).contains("PERMISSION_DENIED", "\"id\":2"),
            pattern -> assertThat(pattern).contains("INVALID_PATH", "\"id\":3"),
            members -> assertThat(members).contains("PROTOCOL", "not with a pattern"));
    assertThat(simulation.refusals(Refusal.DENIED)).isEqualTo(1);
  }

  @Test
  void aChannelWithoutRoomTakesNoOtherClient() {
    for (int i = 0; i < PresenceTable.MOST_CLIENTS; i++) {
      var _ = clients.presence().enter("chat/1", "s" + i, new Client("u" + i, "c", null));
    }
    Simulation.Client ada = client(0, "ada");
    ada.says("{\"subscribe\":\"chat/1\",\"id\":1}");
    assertThat(got(ada)).singleElement().asString().contains("OVERLOADED", "has no room");
    assertThat(simulation.broker.topics(Optional.empty(), 10)).isEmpty();
    simulation.gate.publish("chat/1", Payload.of(1));
    assertThat(got(ada)).isEmpty();
  }
}
