package dev.runar.internal.broker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.Payload;
import dev.runar.channels.ChannelRule;
import dev.runar.internal.broker.BrokerStats.Refusal;
import dev.runar.spi.Authorizer;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What a client of {@code /topics} gets of the past: all that it missed, or the word that it
 * cannot.
 */
@Timeout(20)
class RecoveryTest {
  private static final Pattern EPOCH = Pattern.compile("\"epoch\":\"([^\"]+)\"");
  private static final Duration TTL = Duration.ofSeconds(60);

  private final Simulation simulation = simulation(1 << 20, 100_000);
  private final InMemoryGate gate = simulation.gate;
  private final Simulation.Client client = simulation.connect(0);

  private static Simulation simulation(long historyBytes, long laneBytes) {
    return new Simulation(options(historyBytes, laneBytes), 2);
  }

  static BrokerOptions options(long historyBytes, long laneBytes) {
    return new BrokerOptions(
        InMemoryGate.NETWORK,
        10_000,
        10_000,
        5,
        3,
        2,
        4,
        historyBytes,
        laneBytes,
        Duration.ofSeconds(25),
        Duration.ofSeconds(60),
        List.of(
            ChannelRule.of("chat/quiet"),
            ChannelRule.of("chat/*").withHistory(5, TTL),
            ChannelRule.of("*/everything").withHistory(5, TTL)));
  }

  private void publish(String topic, int from, int to) {
    for (int i = from; i <= to; i++) {
      gate.publish(topic, Payload.json(Integer.toString(i)));
    }
    simulation.settle();
  }

  private String epoch(String topic) {
    client.says("{\"history\":\"" + topic + "\",\"limit\":0,\"id\":1}");
    return epochOf(client.got().get(0));
  }

  static String epochOf(String frame) {
    Matcher found = EPOCH.matcher(frame);
    assertThat(found.find()).as(frame).isTrue();
    return found.group(1);
  }

  private List<String> subscribed(String topic, long offset, String epoch) {
    client.says(since(topic, offset, epoch));
    return client.got();
  }

  private static String since(String topic, long offset, String epoch) {
    return "{\"subscribe\":\"%s\",\"since\":{\"offset\":%d,\"epoch\":\"%s\"}}"
        .formatted(topic, offset, epoch);
  }

  private static String event(int n) {
    return "{\"topic\":\"chat/1\",\"data\":" + n + ",\"offset\":" + n + "}";
  }

  private static String answer(long offset, String epoch, boolean recovered) {
    return "{\"subscribed\":\"chat/1\",\"offset\":%d,\"epoch\":\"%s\",\"recovered\":%b}"
        .formatted(offset, epoch, recovered);
  }

  @Test
  void whatWasPublishedWithoutSubscribersIsRecoveredInOrderBeforeWhatIsNew() {
    publish("chat/1", 1, 3);
    String epoch = epoch("chat/1");
    assertThat(subscribed("chat/1", 1, epoch))
        .containsExactly(answer(3, epoch, true), event(2), event(3));
    publish("chat/1", 4, 4);
    assertThat(client.got()).containsExactly(event(4));
  }

  @Test
  void whoKnowsEverythingHasMissedNothing() {
    publish("chat/1", 1, 3);
    String epoch = epoch("chat/1");
    assertThat(subscribed("chat/1", 3, epoch)).containsExactly(answer(3, epoch, true));
  }

  @Test
  void theLastSubscriberLeavesAndTheChannelGoesOn() {
    client.says("{\"subscribe\":\"chat/1\"}");
    String epoch = epochOf(client.got().get(0));
    client.says("{\"unsubscribe\":\"chat/1\"}");
    publish("chat/1", 1, 2);
    client.got();
    assertThat(subscribed("chat/1", 0, epoch))
        .containsExactly(answer(2, epoch, true), event(1), event(2));
  }

  @Test
  void aPartIsNeverCalledRecovered() {
    publish("chat/1", 1, 7); // 3 to 7 are remembered
    String epoch = epoch("chat/1");
    assertThat(subscribed("chat/1", 1, epoch)).containsExactly(answer(7, epoch, false));
    client.says("{\"unsubscribe\":\"chat/1\"}");
    client.got();
    assertThat(subscribed("chat/1", 2, epoch)).hasSize(6).contains(answer(7, epoch, true));
  }

  @Test
  void anOffsetThatNeverWasOrOfAnotherLifeIsNotRecovered() {
    publish("chat/1", 1, 3);
    String epoch = epoch("chat/1");
    assertThat(subscribed("chat/1", 4, epoch)).containsExactly(answer(3, epoch, false));
    client.says("{\"unsubscribe\":\"chat/1\"}");
    client.got();
    assertThat(subscribed("chat/1", Long.MAX_VALUE, epoch))
        .containsExactly(answer(3, epoch, false));
    client.says("{\"unsubscribe\":\"chat/1\"}");
    client.got();
    assertThat(subscribed("chat/1", 3, "other")).containsExactly(answer(3, epoch, false));
  }

  @Test
  void whatIsTooOldIsForgottenAndTheChannelWithIt() {
    publish("chat/1", 1, 2);
    String epoch = epoch("chat/1");
    simulation.nanos += TTL.toNanos() / 2;
    publish("chat/1", 3, 3);
    simulation.nanos += TTL.toNanos() / 2;
    simulation.broker.sweep();
    assertThat(subscribed("chat/1", 1, epoch)).containsExactly(answer(3, epoch, false));
    client.says("{\"unsubscribe\":\"chat/1\"}");
    client.got();
    assertThat(subscribed("chat/1", 2, epoch)).containsExactly(answer(3, epoch, true), event(3));
    client.says("{\"unsubscribe\":\"chat/1\"}");
    simulation.nanos += TTL.toNanos() / 2;
    simulation.broker.sweep();
    client.got();
    assertThat(epoch("chat/1")).isNotEqualTo(epoch);
    assertThat(simulation.broker.stats().snapshot().historyBytes()).isZero();
  }

  @Test
  void aChannelThatAPatternWatchesKeepsItsOffsets() {
    client.says("{\"subscribe\":\"chat/>\"}");
    publish("chat/1", 1, 1);
    simulation.nanos += TTL.toNanos();
    simulation.broker.sweep();
    client.got();
    publish("chat/1", 2, 2);
    assertThat(client.got()).containsExactly(event(2));
    client.says("{\"unsubscribe\":\"chat/>\"}");
    simulation.nanos += TTL.toNanos();
    simulation.broker.sweep();
    client.got();
    client.says("{\"history\":\"chat/1\",\"id\":1}");
    assertThat(client.got().get(0)).startsWith("{\"history\":[],\"offset\":0,");
  }

  @Test
  void aChannelWithoutHistoryRecoversOnlyWhoMissedNothing() {
    var other = simulation.connect(1);
    other.says("{\"subscribe\":\"chat/quiet\"}");
    String epoch = epochOf(other.got().get(0));
    publish("chat/quiet", 1, 2);
    assertThat(subscribed("chat/quiet", 1, epoch).get(0)).endsWith("\"recovered\":false}");
    client.says("{\"unsubscribe\":\"chat/quiet\"}");
    client.got();
    assertThat(subscribed("chat/quiet", 2, epoch).get(0)).endsWith("\"recovered\":true}");
  }

  @Test
  void whatWaitsInTheInboxComesOnce() {
    publish("chat/1", 1, 1);
    String epoch = epoch("chat/1");
    var early = simulation.connect(0);
    early.says("{\"subscribe\":\"chat/1\"}");
    early.got();
    simulation.on(
        0,
        () -> {
          simulation.on(1, () -> gate.publish("chat/1", Payload.json("2")));
          byte[] text = since("chat/1", 0, epoch).getBytes(java.nio.charset.StandardCharsets.UTF_8);
          client.session.receiveText(text, 0, text.length);
          simulation.on(1, () -> gate.publish("chat/1", Payload.json("3")));
        });
    simulation.settle();
    assertThat(early.got()).containsExactly(event(2), event(3));
    assertThat(client.got().stream().filter(frame -> frame.startsWith("{\"topic\"")))
        .containsExactly(event(1), event(2), event(3));
  }

  @Test
  void aSecondSubscriptionIsWithoutEffect() {
    client.says("{\"subscribe\":\"chat/1\"}");
    String epoch = epochOf(client.got().get(0));
    publish("chat/1", 1, 1);
    client.got();
    assertThat(subscribed("chat/1", 0, epoch)).containsExactly(answer(0, epoch, false));
  }

  @Test
  void moreThanTheClientCanTakeIsNotRecoveredAndItIsNotDisconnected() {
    String big = "\"" + "x".repeat(4_000) + "\"";
    for (int i = 0; i < 3; i++) {
      gate.publish("chat/1", Payload.json(big));
    }
    String epoch = epoch("chat/1");
    assertThat(subscribed("chat/1", 0, epoch)).containsExactly(answer(3, epoch, false));
    client.says("{\"unsubscribe\":\"chat/1\"}");
    client.got();
    assertThat(subscribed("chat/1", 2, epoch)).hasSize(2);
    client.says("{\"history\":\"chat/1\",\"id\":1}");
    assertThat(client.got().get(0))
        .contains("\"offset\":1}")
        .contains("\"offset\":2}")
        .doesNotContain("\"offset\":3}")
        .contains("],\"offset\":3,");
    assertThat(client.connection.closeCode).isZero();
  }

  @Test
  void theFullestChannelForgetsFirst() {
    var small = simulation(5_000, 100_000);
    var reader = small.connect(0);
    small.gate.publish("chat/little", Payload.json("1"));
    for (int i = 1; i <= 5; i++) {
      small.gate.publish("chat/much", Payload.json("\"" + "x".repeat(1_000) + "\""));
    }
    assertThat(small.broker.stats().snapshot().historyBytes()).isBetween(1L, 5_000L);
    assertThat(small.broker.stats().snapshot().historyEvicted()).isEqualTo(2);
    reader.says("{\"history\":\"chat/little\",\"id\":1}", "{\"history\":\"chat/much\",\"id\":2}");
    assertThat(reader.got())
        .satisfiesExactly(
            little -> assertThat(little).startsWith("{\"history\":[{\"data\":1,\"offset\":1}]"),
            much -> assertThat(much).contains("\"offset\":3}", "\"offset\":5}"));
    small.gate.publish("chat/huge", Payload.json("\"" + "x".repeat(6_000) + "\""));
    assertThat(small.broker.stats().snapshot().historyBytes()).isBetween(1L, 5_000L);
    reader.says("{\"history\":\"chat/little\",\"id\":1}", "{\"history\":\"chat/huge\",\"id\":2}");
    assertThat(reader.got())
        .satisfiesExactly(
            little -> assertThat(little).startsWith("{\"history\":[{\"data\":1,\"offset\":1}]"),
            huge -> assertThat(huge).startsWith("{\"history\":[],\"offset\":1,"));
  }

  @Test
  void ofTooManyChannelsTheOneThatWasQuietForLongestGoes() {
    String[] epochs = new String[6];
    for (int i = 0; i < 6; i++) { // 4 may live without subscribers
      publish("chat/" + i, 1, 1);
      simulation.nanos++;
      epochs[i] = epoch("chat/" + i);
    }
    assertThat(simulation.broker.stats().snapshot().historiesEvicted()).isEqualTo(2);
    assertThat(subscribed("chat/5", 0, epochs[5]).get(0)).contains("\"recovered\":true");
    assertThat(subscribed("chat/2", 0, epochs[2]).get(0)).contains("\"recovered\":true");
    assertThat(subscribed("chat/0", 0, epochs[0]).get(0)).contains("\"recovered\":false");
  }

  @Test
  void aChannelThatOnlyRemembersHasNoSubscribersToBeListed() {
    publish("chat/1", 1, 1);
    client.says("{\"list\":true}", "{\"subscribe\":\"chat/1\"}", "{\"list\":true}");
    assertThat(client.got())
        .first()
        .isEqualTo("{\"topics\":[]}")
        .satisfies(
            list ->
                assertThat(simulation.broker.topics(java.util.Optional.empty(), 9))
                    .containsExactly("chat/1"));
  }

  @Test
  void pagesGoForwardAndBack() {
    publish("chat/1", 1, 7);
    String epoch = epoch("chat/1");
    String end = ",\"offset\":7,\"epoch\":\"" + epoch + "\",\"id\":1}";
    assertThat(page("\"limit\":2")).isEqualTo("{\"history\":[" + past(3, 4) + "]" + end);
    assertThat(page("\"limit\":2,\"reverse\":true"))
        .isEqualTo("{\"history\":[" + past(7, 6) + "]" + end);
    assertThat(page("\"since\":{\"offset\":5,\"epoch\":\"" + epoch + "\"}"))
        .isEqualTo("{\"history\":[" + past(6, 7) + "]" + end);
    assertThat(page("\"reverse\":true,\"since\":{\"offset\":5,\"epoch\":\"" + epoch + "\"}"))
        .isEqualTo("{\"history\":[" + past(4, 3) + "]" + end);
    assertThat(page("\"since\":{\"offset\":9223372036854775807,\"epoch\":\"" + epoch + "\"}"))
        .isEqualTo("{\"history\":[]" + end);
    assertThat(page("\"since\":{\"offset\":0,\"epoch\":\"other\"}"))
        .isEqualTo("{\"history\":[]" + end);
  }

  private String page(String keys) {
    client.says("{\"history\":\"default:chat/1\"," + keys + ",\"id\":1}");
    return client.got().get(0);
  }

  private static String past(int first, int second) {
    return "{\"data\":%d,\"offset\":%d},{\"data\":%d,\"offset\":%d}"
        .formatted(first, first, second, second);
  }

  @Test
  void whatIsAskedForWronglyIsSaid() {
    client.says(
        "{\"history\":\"chat/quiet\",\"id\":1}",
        "{\"history\":\"$registry/everything\",\"id\":2}",
        "{\"subscribe\":\"chat/*\",\"since\":{\"offset\":0,\"epoch\":\"e\"},\"id\":3}",
        "{\"history\":\"chat/*\",\"id\":4}");
    assertThat(client.got())
        .satisfiesExactly(
            none -> assertThat(none).contains("NOT_FOUND", "\"id\":1"),
            own -> assertThat(own).contains("PERMISSION_DENIED", "\"id\":2"),
            pattern -> assertThat(pattern).contains("not with a pattern", "\"id\":3"),
            wild -> assertThat(wild).contains("INVALID_PATH", "\"id\":4"));
    assertThat(simulation.refusals(Refusal.DENIED)).isEqualTo(1);
    assertThat(simulation.broker.rule("a/everything").history()).isEqualTo(5);
    assertThat(simulation.broker.rule("$registry/everything").history()).isZero();
  }

  @Test
  void whatIsPublishedBeforeThePortIsOpenIsRemembered() {
    var quiet = new InMemoryGate();
    var broker =
        new Broker(
            quiet,
            Authorizer.openToAll(),
            NobodyKnown.clients(),
            options(1 << 20, 1 << 20),
            DialectPaths.NONE,
            BrokerMemory.only(() -> 0));
    quiet.publish("chat/1", Payload.json("1"));
    var never =
        new LaneExecutor() {
          @Override
          public boolean isCurrentThread() {
            return false;
          }

          @Override
          public void execute(Runnable task) {}
        };
    broker.openLanes(List.of(never), FakeConnection.FakeBurst::new, () -> 0);
    quiet.publish("chat/1", Payload.json("2"));
    assertThat(broker.history("chat/1", new HistoryRange(null, 9, false)).publications())
        .extracting(Remembered::offset)
        .containsExactly(1L, 2L);
  }

  @Test
  void topicsWithoutARuleLeaveNoTrace() {
    assertThat(gate.publish("other/1", Payload.json("1")).clients()).isZero();
    assertThat(gate.publish("chat/quiet", Payload.json("1")).clients()).isZero();
    assertThat(simulation.broker.stats().snapshot().historyBytes()).isZero();
  }
}
