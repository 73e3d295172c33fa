package dev.runar.internal.broker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.Payload;
import dev.runar.channels.ChannelRule;
import dev.runar.channels.SlowPolicy;
import dev.runar.internal.broker.centrifugal.CentrifugalPaths;
import dev.runar.internal.node.Delays;
import dev.runar.spi.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Clients of the Centrifugal protocol on lanes that a test steps: tokens, time and gaps. */
@Timeout(60)
class CentrifugalSessionTest {
  /** What a test answers, in the order of the questions. */
  private final List<CompletableFuture<ClientTokens.Connecting>> connecting = new ArrayList<>();

  private final List<CompletableFuture<ClientTokens.Subscribing>> subscribing = new ArrayList<>();
  private final List<Waiting> delays = new ArrayList<>();

  private record Waiting(long nanos, Runnable task) {}

  private final ClientTokens tokens =
      new ClientTokens() {
        @Override
        public CompletionStage<Connecting> connect(Introduction who) {
          connecting.add(new CompletableFuture<>());
          return connecting.getLast();
        }

        @Override
        public boolean isRequired() {
          return true;
        }

        @Override
        public CompletionStage<Subscribing> subscribe(
            String user, String client, String channel, String token) {
          subscribing.add(new CompletableFuture<>());
          return subscribing.getLast();
        }
      };

  private final Delays later =
      new Delays() {
        @Override
        public Runnable after(long nanos, Runnable task) {
          var waiting = new Waiting(nanos, task);
          delays.add(waiting);
          return () -> delays.remove(waiting);
        }

        @Override
        public void close() {}
      };

  private static final long NOW = 1_000_000;

  private final Clock clock =
      new Clock() {
        @Override
        public long nanos() {
          return 0;
        }

        @Override
        public long wallMs() {
          return NOW * 1_000;
        }
      };

  private CentrifugalPaths paths;
  private final Simulation simulation =
      new Simulation(
          options(),
          1,
          gate -> {
            paths = new CentrifugalPaths(gate, new ClientSetting(tokens, clock, later));
            return paths;
          });

  private static BrokerOptions options() {
    BrokerOptions usual = Simulation.OPTIONS;
    return new BrokerOptions(
        usual.networkId(),
        usual.sessions(),
        1 << 20,
        usual.subscriptionsPerSession(),
        usual.requestsPerSession(),
        usual.groupsPerSession(),
        usual.channels(),
        4 << 20,
        usual.laneBytes(),
        usual.pingInterval(),
        usual.idleTimeout(),
        List.of(
            ChannelRule.of("slow/*")
                .withHistory(100, Duration.ofMinutes(1))
                .withSlow(SlowPolicy.GAP),
            ChannelRule.of("chat/*")
                .withHistory(10, Duration.ofMinutes(1))
                .withPresence(true, true)
                .withPublish(true)));
  }

  private Simulation.Client open() {
    Optional<Broker.Route> route = simulation.broker.route("/connection/websocket");
    return simulation.connect(
        0, route.orElseThrow(), new Arrival("/connection/websocket", "", null, false));
  }

  private List<String> got(Simulation.Client client) {
    simulation.settle();
    return client.got();
  }

  private Simulation.Client connect(ClientTokens.Connecting verdict) {
    Simulation.Client client = open();
    client.says("{\"id\":1,\"connect\":{\"token\":\"t\"}}");
    connecting.getLast().complete(verdict);
    simulation.settle();
    return client;
  }

  private static ClientTokens.Connecting ada(long expiresAt, String... channels) {
    return new ClientTokens.Connecting.Allowed(
        "ada", Payload.json("{\"n\":1}"), expiresAt, List.of(channels));
  }

  @Test
  void nothingElseIsDoneUntilATokenIsLookedAt() {
    Simulation.Client client = open();
    client.says(
        "{\"id\":1,\"connect\":{\"token\":\"t\"}}\n{\"id\":2,\"subscribe\":{\"channel\":\"a\"}}",
        "{\"id\":3,\"unsubscribe\":{\"channel\":\"a\"}}");
    assertThat(got(client)).isEmpty();
    assertThat(client.connection.reading).isFalse();
    connecting.getLast().complete(ada(0));
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
    connecting.getLast().completeExceptionally(new IllegalStateException("no keys"));
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
    Simulation.Client client = connect(ada(NOW + 60));
    assertThat(String.join("", client.got())).contains("\"expires\":true,\"ttl\":60");
    assertThat(delays).singleElement().extracting(Waiting::nanos).isEqualTo(85_000_000_000L);
    client.says("{\"id\":2,\"refresh\":{\"token\":\"new\"}}");
    connecting.getLast().complete(ada(NOW + 90));
    assertThat(got(client)).singleElement().asString().contains("\"refresh\":{\"client\":\"");
    assertThat(delays).singleElement().extracting(Waiting::nanos).isEqualTo(115_000_000_000L);
    delays.getFirst().task().run();
    simulation.settle();
    assertThat(client.connection.closeCode).isEqualTo(3005);
  }

  @Test
  void theNewerTokenIsOfTheSameUser() {
    Simulation.Client client = connect(ada(NOW + 60));
    client.says("{\"id\":2,\"refresh\":{\"token\":\"new\"}}");
    connecting
        .getLast()
        .complete(new ClientTokens.Connecting.Allowed("bob", null, NOW + 90, List.of()));
    simulation.settle();
    assertThat(client.connection.closeCode).isEqualTo(3500);
  }

  @Test
  void aSubscriptionByTokenEndsWithIt() {
    Simulation.Client client = connect(ada(0));
    client.got();
    client.says("{\"id\":2,\"subscribe\":{\"channel\":\"a\",\"token\":\"t\"}}");
    subscribing.getLast().complete(new ClientTokens.Subscribing.Allowed(null, NOW + 10));
    assertThat(got(client))
        .containsExactly("{\"id\":2,\"subscribe\":{\"expires\":true,\"ttl\":10}}");
    client.says("{\"id\":3,\"sub_refresh\":{\"channel\":\"a\",\"token\":\"t2\"}}");
    subscribing.getLast().complete(new ClientTokens.Subscribing.Allowed(null, NOW + 20));
    assertThat(got(client))
        .containsExactly("{\"id\":3,\"sub_refresh\":{\"expires\":true,\"ttl\":20}}");
    delays.getLast().task().run();
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
    assertThat(subscribing).isEmpty();
  }

  @Test
  void whoDoesNotConnectIsDisconnected() {
    Simulation.Client client = open();
    delays.getFirst().task().run();
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

  private static String epoch(String subscribed) {
    return subscribed.replaceAll("(?s).*\"epoch\":\"([^\"]+)\".*", "$1");
  }

  private static List<Integer> offsets(String text) {
    return Pattern.compile("\"offset\":(\\d+)")
        .matcher(text)
        .results()
        .map(found -> Integer.valueOf(found.group(1)))
        .toList();
  }

  @Test
  void whoMissesSomethingOfTheServersChannelsIsDisconnected() {
    Simulation.Client client = connect(ada(0, "a"));
    simulation.on(0, () -> client.session.gap("a", 1, 2));
    simulation.settle();
    assertThat(client.connection.closeCode).isEqualTo(3010);
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
    Waiting greeting = delays.getFirst();
    client.says("{\"id\":1,\"connect\":{\"token\":\"t\"}}");
    assertThat(delays).isEmpty();
    greeting.task().run(); // it was on its way already
    simulation.settle();
    connecting.getLast().complete(ada(0));
    assertThat(got(client)).singleElement().asString().startsWith("{\"id\":1,\"connect\":");
    assertThat(client.connection.closeCode).isZero();
  }

  @Test
  void whoWasRefusedAndStaysIsDisconnected() {
    Simulation.Client client = connect(new ClientTokens.Connecting.Refused(109, "token expired"));
    assertThat(client.connection.closeCode).isZero();
    delays.getFirst().task().run();
    simulation.settle();
    assertThat(client.connection.closeCode).isEqualTo(3502);
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

  private static Payload text(int bytes) {
    return Payload.json("\"" + "x".repeat(bytes) + "\"");
  }

  private void publish(String channel, int count) {
    for (int i = 0; i < count; i++) {
      simulation.gate.publish(channel, text(60_000));
      simulation.settle();
    }
  }

  private static ClientTokens.Connecting someone(String user, int infoBytes, String... channels) {
    return new ClientTokens.Connecting.Allowed(user, text(infoBytes), 0, List.of(channels));
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
    connecting.getLast().complete(ada(0, "chat/1", "chat/2"));
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
    subscribing.getLast().complete(new ClientTokens.Subscribing.Allowed(null, NOW + 10));
    got(client);
    client.says("{\"id\":3,\"sub_refresh\":{\"channel\":\"a\",\"token\":\"t2\"}}");
    simulation.on(0, () -> client.session.gap("a", 1, 2));
    client.says("{\"id\":4,\"subscribe\":{\"channel\":\"a\"}}");
    subscribing.getLast().complete(new ClientTokens.Subscribing.Allowed(null, NOW + 20));
    assertThat(String.join("\n", got(client)))
        .matches("(?s).*2500.*\"id\":3,\"error\":\\{\"code\":103.*\"id\":4,\"subscribe\".*");
    assertThat(delays).isEmpty();
  }

  @Test
  void aSessionThatEndsWhileATokenIsLookedAtLeavesNothing() {
    Simulation.Client client = open();
    client.says("{\"id\":1,\"connect\":{\"token\":\"t\"}}");
    client.session.close(1000, "");
    simulation.settle();
    connecting.getLast().complete(ada(NOW + 60, "chat/1"));
    simulation.settle();
    assertThat(delays).isEmpty();
    assertThat(simulation.broker.topics(Optional.empty(), 10)).isEmpty();
  }
}
