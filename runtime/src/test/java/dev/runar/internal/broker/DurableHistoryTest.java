package dev.runar.internal.broker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.Payload;
import dev.runar.channels.ChannelRule;
import dev.runar.spi.Clock;
import dev.runar.spi.Store.Damage;
import dev.runar.spi.Store.Findings;
import dev.runar.spi.Store.Loss;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Channels that remember through a restart. */
@Timeout(20)
class DurableHistoryTest {
  private static final List<ChannelRule> RULES =
      List.of(ChannelRule.of("chat/*").withHistory(100, Duration.ofMinutes(5)).withDurable(true));

  private final CrashingStore store = new CrashingStore();
  private long wallMs = 1_000_000;
  private HistoryStore history = open();
  private Simulation simulation = life(RULES);

  private HistoryStore open() {
    return new HistoryStore(
        store,
        new Clock() {
          @Override
          public long nanos() {
            return 0;
          }

          @Override
          public long wallMs() {
            return wallMs;
          }
        });
  }

  private Simulation life(List<ChannelRule> rules) {
    history = open();
    return Simulation.remembering(1, rules, history);
  }

  private void restart() {
    simulation.broker.close();
    store.writeAll();
    simulation = life(RULES);
  }

  private void crash() {
    store.crash();
    simulation = life(RULES);
  }

  private void publish(int from, int to) {
    for (int i = from; i <= to; i++) {
      simulation.gate.publish("chat/1", Payload.json(Integer.toString(i)));
    }
  }

  private String epoch() {
    return simulation.broker.history("chat/1", new HistoryRange(null, 0, false)).position().epoch();
  }

  private List<String> subscribe(long offset, String epoch) {
    var client = simulation.connect(0);
    client.says(
        "{\"subscribe\":\"chat/1\",\"since\":{\"offset\":%d,\"epoch\":\"%s\"}}"
            .formatted(offset, epoch));
    return client.got();
  }

  private static String event(int n) {
    return "{\"topic\":\"chat/1\",\"data\":" + n + ",\"offset\":" + n + "}";
  }

  @Test
  void aClientThatComesBackAfterTheRestartGetsWhatItMissed() {
    publish(1, 5);
    String first = epoch();
    restart();
    publish(6, 7);
    assertThat(epoch()).isNotEqualTo(first);
    assertThat(subscribe(3, first))
        .satisfiesExactly(
            said -> assertThat(said).contains("\"offset\":7", epoch(), "\"recovered\":true"),
            four -> assertThat(four).isEqualTo(event(4)),
            five -> assertThat(five).isEqualTo(event(5)),
            six -> assertThat(six).isEqualTo(event(6)),
            seven -> assertThat(seven).isEqualTo(event(7)));
    String second = epoch();
    restart();
    assertThat(subscribe(5, first)).hasSize(3).first().asString().contains("\"recovered\":true");
    assertThat(subscribe(7, second)).hasSize(1).first().asString().contains("\"recovered\":true");
    assertThat(subscribe(7, "another")).first().asString().contains("\"recovered\":false");
  }

  @Test
  void anEpochWithoutAPublicationIsKnownAfterTheRestartToo() {
    publish(1, 2);
    restart();
    String idle = epoch();
    restart();
    restart();
    publish(3, 3);
    assertThat(subscribe(2, idle)).containsSubsequence(event(3));
    for (int i = 0; i < 20; i++) {
      restart();
    }
    assertThat(store.counts().entries()).isLessThan(10);
  }

  @Test
  void aChannelThatBeganAnewIsNotTakenForTheOneBefore() {
    publish(1, 3);
    String first = epoch();
    store.writeAll();
    simulation.nanos += Duration.ofMinutes(6).toNanos();
    simulation.broker.sweep(); // nobody needs it any more
    publish(1, 1); // its removal, and this, are not written
    store.crash();
    simulation = life(RULES);
    simulation.nanos += Duration.ofMinutes(6).toNanos();
    simulation.broker.sweep();
    store.crash();
    publish(1, 2);
    store.writeAll();
    crash();
    assertThat(subscribe(1, first)).hasSize(1).first().asString().contains("\"recovered\":false");
    assertThat(subscribe(2, first)).hasSize(1).first().asString().contains("\"recovered\":false");
  }

  @Test
  void whoHasSeenWhatTheCrashTookIsToldThatItCannotRecover() {
    publish(1, 3);
    store.writeAll();
    publish(4, 6); // delivered, and never written
    String first = epoch();
    crash();
    publish(4, 8);
    assertThat(subscribe(3, first)).hasSize(6).first().asString().contains("\"recovered\":true");
    assertThat(subscribe(4, first)).hasSize(1).first().asString().contains("\"recovered\":false");
    assertThat(subscribe(6, first)).hasSize(1).first().asString().contains("\"recovered\":false");
    assertThat(subscribe(4, epoch())).hasSize(5).first().asString().contains("true");
  }

  private List<Long> page(long offset, String epoch, boolean reverse) {
    var range = new HistoryRange(new Broker.Since(offset, epoch), 9, reverse);
    return simulation.broker.history("chat/1", range).publications().stream()
        .map(Remembered::offset)
        .toList();
  }

  @Test
  void aPageThatBeginsInWhatTheCrashTookIsEmpty() {
    publish(1, 3);
    store.writeAll();
    publish(4, 6); // delivered, and never written
    String first = epoch();
    crash();
    publish(4, 8);
    assertThat(page(3, first, false)).containsExactly(4L, 5L, 6L, 7L, 8L);
    assertThat(page(4, first, false)).isEmpty();
    assertThat(page(6, first, false)).isEmpty();
    assertThat(page(3, first, true)).containsExactly(2L, 1L);
    assertThat(page(6, first, true)).isEmpty();
    assertThat(page(6, epoch(), false)).containsExactly(7L, 8L);
    assertThat(page(0, "another", false)).isEmpty();
  }

  private Simulation.Client centrifugal() {
    var client =
        simulation.connect(
            0,
            simulation.broker.route("/connection/websocket").orElseThrow(),
            new Arrival("/connection/websocket", "", null, false));
    client.says("{\"id\":1,\"connect\":{}}");
    simulation.settle();
    assertThat(client.got()).hasSize(1);
    return client;
  }

  private String pageOf(Simulation.Client client, long offset, String epoch) {
    client.says(
        ("{\"id\":2,\"history\":{\"channel\":\"chat/1\",\"limit\":9,"
                + "\"since\":{\"offset\":%d,\"epoch\":\"%s\"}}}")
            .formatted(offset, epoch));
    simulation.settle();
    List<String> got = client.got();
    assertThat(got).hasSize(1);
    return got.getFirst();
  }

  @Test
  void aCentrifugalPageGoesOnFromTheEpochBefore() {
    publish(1, 3);
    store.writeAll();
    publish(4, 6); // delivered, and never written
    String first = epoch();
    crash();
    String second = epoch();
    Simulation.Client client = centrifugal();
    assertThat(pageOf(client, 3, first))
        .as("nothing new yet")
        .isEqualTo(
            "{\"id\":2,\"history\":{\"publications\":[],\"epoch\":\"%s\",\"offset\":3}}"
                .formatted(second));
    publish(4, 5);
    assertThat(pageOf(client, 3, first))
        .isEqualTo(
            "{\"id\":2,\"history\":{\"publications\":[{\"data\":4,\"offset\":4},"
                + "{\"data\":5,\"offset\":5}],\"epoch\":\"%s\",\"offset\":5}}".formatted(second));
    assertThat(pageOf(client, 4, first)).contains("\"code\":112");
    assertThat(pageOf(client, 0, "another")).contains("\"code\":112");
  }

  @Test
  void nothingIsRecoveredOverAHole() {
    publish(1, 2);
    store.isFull = true;
    publish(3, 3);
    store.isFull = false;
    publish(4, 5);
    String first = epoch();
    assertThat(history.unstored()).isEqualTo(1);
    restart();
    assertThat(subscribe(2, first)).hasSize(1).first().asString().contains("\"recovered\":false");
    assertThat(subscribe(3, first)).hasSize(3).first().asString().contains("\"recovered\":true");
  }

  @Test
  void aHoleAtTheEndIsMarkedAsSoonAsThatCanBe() {
    publish(1, 2);
    store.isFull = true;
    publish(3, 4);
    simulation.broker.sweep();
    store.isFull = false;
    String first = epoch();
    restart(); // the end marks it
    publish(5, 5);
    assertThat(subscribe(2, first)).hasSize(1).first().asString().contains("\"recovered\":false");
    assertThat(subscribe(4, first)).hasSize(2).first().asString().contains("\"recovered\":true");
  }

  @Test
  void aHoleThatIsMarkedLateChangesNothing() {
    publish(1, 1);
    store.isFull = true;
    publish(2, 2);
    store.isFull = false;
    publish(3, 3);
    simulation.broker.sweep();
    String first = epoch();
    restart();
    publish(4, 4);
    assertThat(subscribe(2, first)).containsSubsequence(event(3), event(4));
  }

  @Test
  void aChannelThatEndsTakesItsHoleWithIt() {
    publish(1, 2);
    store.writeAll();
    store.isFull = true;
    publish(3, 3);
    simulation.nanos += Duration.ofMinutes(6).toNanos();
    simulation.broker.sweep(); // nobody needs the channel any more, and the disk cannot remove it
    store.isFull = false;
    simulation.broker.sweep();
    restart();
    assertThat(store.counts().entries()).isZero();
  }

  @Test
  void theBeginningOfAnEpochThatIsRefusedIsCountedAndTold() {
    publish(1, 2);
    store.writeAll();
    store.isFull = true;
    simulation = life(RULES);
    store.isFull = false;
    assertThat(history.unstored()).isEqualTo(1);
    String unknown = epoch();
    restart();
    assertThat(subscribe(2, unknown)).hasSize(1).first().asString().contains("\"recovered\":false");
  }

  @Test
  void whatIsForgottenGoesFromTheDiskToo() {
    publish(1, 1_000);
    store.writeAll();
    assertThat(store.counts().entries()).isBetween(100L, 164L);
    String first = epoch();
    restart();
    store.writeAll();
    assertThat(subscribe(900, first)).hasSize(101);
    assertThat(subscribe(899, first)).hasSize(1);
  }

  @Test
  void whatIsTooOldIsNotRestored() {
    publish(1, 1);
    wallMs += 200_000;
    publish(2, 2);
    String first = epoch();
    wallMs += 200_000;
    restart();
    assertThat(subscribe(1, first)).containsSubsequence(event(2));
    assertThat(subscribe(0, first)).hasSize(1).first().asString().contains("\"recovered\":false");
    wallMs -= 300_000; // set back: nothing becomes younger than new
    restart();
    assertThat(subscribe(1, first)).containsSubsequence(event(2));
  }

  @Test
  void whatNoRuleKeepsAnyMoreIsRemoved() {
    publish(1, 3);
    store.writeAll();
    simulation = life(List.of(ChannelRule.of("chat/*").withHistory(9, Duration.ofMinutes(1))));
    store.writeAll();
    assertThat(store.counts().entries()).isZero();
  }

  @Test
  void aChannelThatTheDiskLostSomethingOfBeginsAnew() {
    publish(1, 3);
    String first = epoch();
    store.writeAll();
    store.findings =
        new Findings(false, List.of(new Damage(Loss.DAMAGED, "1.log:99", 2, 2, Set.of())));
    crash();
    assertThat(subscribe(3, first)).first().asString().contains("\"recovered\":false");
    store.writeAll();
    assertThat(store.counts().entries()).isZero();
  }

  @Test
  void bytesAndRichValuesComeBackAsTheyWere() {
    simulation.gate.publish("chat/1", Payload.bytes(new byte[] {1, 2}));
    simulation.gate.publish("chat/1", Payload.of(Double.NaN));
    restart();
    assertThat(simulation.broker.history("chat/1", new HistoryRange(null, 9, false)).publications())
        .extracting(Remembered::payload)
        .satisfiesExactly(
            bytes -> assertThat(bytes.kind()).isEqualTo(Payload.Kind.BYTES),
            rich -> assertThat(rich.value()).isEqualTo(Double.NaN));
  }

  @Test
  void aTopicThatIsTooLongIsRememberedInMemory() {
    String topic = "chat/" + "\u20ac".repeat(1_000);
    simulation.gate.publish(topic, Payload.json("1"));
    assertThat(history.unstored()).isEqualTo(1);
    assertThat(simulation.broker.history(topic, new HistoryRange(null, 9, false)).publications())
        .hasSize(1);
  }
}
