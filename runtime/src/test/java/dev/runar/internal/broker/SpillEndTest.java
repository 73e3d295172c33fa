package dev.runar.internal.broker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.Payload;
import dev.runar.channels.ChannelRule;
import dev.runar.channels.OfflineOptions;
import dev.runar.channels.SlowPolicy;
import dev.runar.internal.broker.BrokerStats.Refusal;
import dev.runar.internal.broker.offline.OfflineQueues;
import dev.runar.internal.broker.offline.QueueKey;
import dev.runar.internal.broker.offline.StoreInSteps;
import dev.runar.internal.topic.TopicPath;
import dev.runar.spi.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How spilling begins and ends: with which word of the store, for whom, and what stays of it. */
@Timeout(60)
class SpillEndTest {
  private static final String KILOBYTE = "x".repeat(1_000);
  private static final Pattern ID =
      Pattern.compile("\\{\"message\":\\{\"group\":\"t\",\"id\":(\\d+),.*");

  /** Every token is the name of a user. */
  private static final ClientTokens NAMES =
      new ClientTokens() {
        @Override
        public CompletionStage<Connecting> connect(Introduction who) {
          return CompletableFuture.completedFuture(
              new Connecting.Allowed(who.token(), null, 0, List.of()));
        }

        @Override
        public boolean isRequired() {
          return false;
        }

        @Override
        public CompletionStage<Subscribing> subscribe(
            String user, String client, String channel, String token) {
          throw new AssertionError("the dialect has no such token");
        }
      };

  private final StoreInSteps store = new StoreInSteps();
  private final ArrayDeque<Runnable> work = new ArrayDeque<>();
  private int published;

  private OfflineQueues queues = queues(OfflineOptions.DEFAULT, work::add);
  private Simulation simulation = simulation();

  private OfflineQueues queues(OfflineOptions options, Executor executor) {
    return new OfflineQueues(
        options,
        new OfflineQueues.Parts(
            store, Clock.system(), executor, gone -> CompletableFuture.completedFuture(null)));
  }

  private Simulation simulation() {
    ClientSetting nobody = NobodyKnown.clients();
    return new Simulation(
        new BrokerOptions(
            InMemoryGate.NETWORK,
            100,
            10_000,
            5,
            3,
            2,
            4,
            1 << 20,
            1_000_000,
            Duration.ofSeconds(25),
            Duration.ofSeconds(60),
            List.of(ChannelRule.of("t").withSlow(SlowPolicy.SPILL))),
        1,
        gate -> DialectPaths.NONE,
        new ClientSetting(NAMES, nobody.clock(), nobody.delays()).with(queues));
  }

  private Simulation.Client phone() {
    var arrival = new Arrival("/topics", "", null, false);
    var client = simulation.connect(0, new Broker.Route.Topics(), arrival);
    client.says("{\"connect\":{\"token\":\"ann\",\"client\":\"phone\"}}");
    settle();
    client.says("{\"subscribe\":\"t\"}");
    client.got();
    return client;
  }

  private void publish(int count) {
    for (int i = 0; i < count; i++) {
      published++;
      simulation.gate.publish("t", Payload.json("\"" + published + KILOBYTE + "\""));
      simulation.settle();
    }
  }

  private void settle() {
    simulation.settle();
    while (!work.isEmpty()) {
      work.remove().run();
      simulation.settle();
    }
  }

  private void reads(Simulation.Client client) {
    client.connection.slow = false;
    for (int i = 0; i < 5; i++) {
      store.acknowledgeAll();
      settle();
      simulation.on(0, client.connection::read);
      settle();
    }
  }

  private void sweep() {
    queues.expire();
    store.acknowledgeAll();
    settle();
  }

  /** What a client got, in short: offsets of events, m and offsets of messages, news as it is. */
  private static List<String> brief(List<String> frames) {
    var brief = new ArrayList<String>();
    for (String frame : frames) {
      Matcher data = Pattern.compile("\"data\":\"(\\d+)").matcher(frame);
      boolean isData = data.find();
      brief.add(
          !isData ? frame : frame.startsWith("{\"message\"") ? "m" + data.group(1) : data.group(1));
    }
    return brief;
  }

  private static String spilled(int from) {
    return "{\"spilled\":{\"topic\":\"t\",\"from\":" + from + "}}";
  }

  private static String live(int from) {
    return "{\"live\":{\"topic\":\"t\",\"from\":" + from + "}}";
  }

  private void acknowledge(Simulation.Client phone, List<String> got) {
    List<String> ids =
        got.stream().map(ID::matcher).filter(Matcher::matches).map(each -> each.group(1)).toList();
    phone.says("{\"ack\":" + ids + ",\"group\":\"t\"}");
    store.acknowledgeAll();
    settle();
    assertThat(phone.got())
        .singleElement()
        .asString()
        .startsWith("{\"acked\":[" + String.join(",", ids) + "]");
  }

  @Test
  void theQueueGoesWithItsLastMessageAndTheNextSpillBeginsAnother() {
    var phone = phone();
    for (int round = 0; round < 3; round++) {
      phone.connection.slow = true;
      publish(6);
      reads(phone);
      int first = round * 6 + 1;
      List<String> got = phone.got();
      assertThat(brief(got))
          .containsExactly(
              Integer.toString(first),
              Integer.toString(first + 1),
              Integer.toString(first + 2),
              Integer.toString(first + 3),
              spilled(first + 4),
              "m" + (first + 4),
              "m" + (first + 5),
              live(first + 6));
      sweep();
      assertThat(queues.holding().queues()).isEqualTo(1); // its messages wait to be acknowledged
      acknowledge(phone, got);
      sweep();
      assertThat(queues.holding().queues()).isZero();
      assertThat(phone.got()).isEmpty();
    }
  }

  @Test
  void theNextSpillMayBeginBeforeTheSessionHearsThatTheQueueHasGone() {
    var phone = phone();
    phone.connection.slow = true;
    publish(6);
    reads(phone);
    acknowledge(phone, phone.got());
    queues.expire();
    phone.connection.slow = true;
    publish(6);
    assertThat(brief(phone.got())).containsExactly("7", "8", "9", "10", spilled(11));
    reads(phone);
    assertThat(brief(phone.got())).containsExactly("m11", "m12", live(13));
    assertThat(phone.connection.closeCode).isZero();
  }

  @Test
  void theQueueOfASessionThatIsGoneGoesWhenNothingWaits() {
    var phone = phone();
    phone.connection.slow = true;
    publish(6);
    reads(phone);
    acknowledge(phone, phone.got());
    phone.connection.slow = true;
    publish(6);
    store.acknowledgeAll();
    settle();
    simulation.on(0, () -> phone.session.closedByPeer(1006, ""));
    sweep();
    assertThat(queues.holding().messages()).isEqualTo(2);

    var key = new QueueKey("t", "ann", "phone");
    var _ = queues.unacked(key, 0, 10);
    settle();
    for (long id = 1; id <= 20; id++) {
      var _ = queues.ack(key, id);
    }
    store.acknowledgeAll();
    sweep();
    assertThat(queues.holding().queues()).isZero();
    assertThat(store.counts().entries()).isZero();
  }

  /** The store's word of an append and the reader of the queue come by different threads. */
  @Test
  void aMessageThatIsGivenAtOnceIsNoGap() {
    queues =
        queues(
            OfflineOptions.DEFAULT,
            task -> { // the other threads are faster than whoever appends
              task.run();
              simulation.settle();
            });
    simulation = simulation();
    var phone = phone();
    phone.connection.slow = true;
    publish(7);
    assertThat(brief(phone.got())).containsExactly("1", "2", "3", "4", spilled(5));
    phone.connection.slow = false;
    simulation.on(0, phone.connection::read);
    reads(phone);
    assertThat(brief(phone.got())).containsExactly("m5", "m6", "m7", live(8));
    assertThat(simulation.broker.stats().snapshot().gaps()).isZero();
  }

  @Test
  void itsEndIsAwaitedOnceHoweverMuchIsRefused() {
    queues = queues(options(1), work::add);
    simulation = simulation();
    var phone = phone();
    phone.connection.slow = true;
    publish(5);
    store.acknowledgeAll();
    settle();
    simulation.on(0, phone.connection::read); // the message is given, what follows is refused
    settle();
    phone.got();
    simulation.on(0, () -> phone.session.reply(WireMessage.text(new byte[6_000])));
    publish(50);
    assertThat(phone.connection.awaiting()).isEqualTo(1);
  }

  @Test
  void whoCanHaveNoQueueIsToldNothingTwice() {
    queues = queues(options(1_000), work::add);
    simulation = simulation();
    var _ = queues.join(new QueueKey("another", "bob", "phone"));
    store.acknowledgeAll();
    var phone = phone();
    phone.connection.slow = true;
    publish(4);
    phone.got();
    Dialect dialect = phone.session.dialect();
    var rule = ChannelRule.of("t").withSlow(SlowPolicy.SPILL);
    var path = TopicPath.parse("t", InMemoryGate.NETWORK);
    var life = new Channel.Life(path, "t", "e", 1, rule);
    var channel = new Channel(life, simulation.lanes, new PatternGroup[0], null);
    Payload five = Payload.json("\"5" + KILOBYTE + "\"");
    var recent = Objects.requireNonNull(Recent.of(channel));
    recent.add(new Publication(channel, 1, 4, Payload.json("\"hear\""), null, dialect));
    recent.add(new Publication(channel, 2, 5, five, null, null));
    var burst = new FakeConnection.FakeBurst();
    recent.publications().forEach(each -> burst.append(each.encoded(dialect)));
    simulation.on(0, () -> assertThat(phone.session.output().write(burst, recent)).isEqualTo(1));
    List<String> got = phone.got();
    assertThat(got).hasSize(2);
    assertThat(got.getFirst()).contains("hear");
    assertThat(brief(got)).endsWith("5");
    assertThat(simulation.refusals(Refusal.SPILL)).isEqualTo(1);
  }

  /** One queue, of so many messages. */
  private static OfflineOptions options(int messages) {
    OfflineOptions usual = OfflineOptions.DEFAULT;
    return new OfflineOptions(
        usual.path(),
        usual.level(),
        messages,
        usual.bytes(),
        usual.totalMessages(),
        usual.totalBytes(),
        1,
        usual.ttl(),
        usual.full(),
        usual.deliveries(),
        usual.deadLetters(),
        usual.window());
  }
}
