package dev.runar.internal.broker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.Payload;
import dev.runar.channels.ChannelRule;
import dev.runar.channels.FullPolicy;
import dev.runar.channels.OfflineOptions;
import dev.runar.channels.SlowPolicy;
import dev.runar.internal.broker.offline.OfflineQueues;
import dev.runar.internal.broker.offline.QueueKey;
import dev.runar.internal.broker.offline.StoreInSteps;
import dev.runar.internal.protocol.CloseCode;
import dev.runar.spi.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What becomes of channels that spill for clients that read too slowly; the budget of each is
 * 10,000 bytes, and half of it may wait in the connection.
 */
@Timeout(60)
class SpillTest {
  private static final String KILOBYTE = "x".repeat(1_000);
  private static final Pattern NEWS =
      Pattern.compile(
          "\\{\"(spilled|live|gap)\":\\{\"topic\":\"t\",\"from\":(\\d+)(,\"to\":(\\d+))?}}");
  private static final Pattern EVENT =
      Pattern.compile("\\{\"topic\":\"t\",\"data\":\"(\\d+)\",\"offset\":(\\d+)}");
  private static final Pattern MESSAGE =
      Pattern.compile(
          "\\{\"message\":\\{\"group\":\"t\",\"id\":(\\d+),\"data\":\"(\\d+)\".*?(,\"offset\":(\\d+))?}}");

  private final StoreInSteps store = new StoreInSteps();
  private final ArrayDeque<Runnable> work = new ArrayDeque<>();

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

  /** A node, a topic that spills, and a client of it. */
  private final class World {
    final OfflineQueues queues;
    final Simulation simulation;
    int published;

    World(OfflineOptions options) {
      queues =
          new OfflineQueues(
              options,
              new OfflineQueues.Parts(
                  store,
                  Clock.system(),
                  work::add,
                  gone -> CompletableFuture.completedFuture(null)));
      ClientSetting nobody = NobodyKnown.clients();
      var clients = new ClientSetting(NAMES, nobody.clock(), nobody.delays()).with(queues);
      simulation =
          new Simulation(
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
              clients);
    }

    Simulation.Client open(String connect) {
      var arrival = new Arrival("/topics", "", null, false);
      var client = simulation.connect(0, new Broker.Route.Topics(), arrival);
      if (!connect.isEmpty()) {
        client.says("{\"connect\":" + connect + "}");
        settle();
      }
      client.says("{\"subscribe\":\"t\"}");
      client.got();
      return client;
    }

    Simulation.Client phone() {
      return open("{\"token\":\"ann\",\"client\":\"phone\"}");
    }

    void publish(int count) {
      for (int i = 0; i < count; i++) {
        published++;
        simulation.gate.publish("t", Payload.json("\"" + published + KILOBYTE + "\""));
        simulation.settle();
      }
    }

    void settle() {
      simulation.settle();
      while (!work.isEmpty()) {
        work.remove().run();
        simulation.settle();
      }
    }

    /** The store acknowledges, the client reads, until nothing more comes. */
    void reads(Simulation.Client client) {
      client.connection.slow = false;
      for (int i = 0; i < 10; i++) {
        store.acknowledgeAll();
        settle();
        simulation.on(0, client.connection::read);
        settle();
      }
    }

    long spilled() {
      return simulation.broker.stats().snapshot().spilled();
    }
  }

  private World world() {
    return new World(OfflineOptions.DEFAULT);
  }

  /** What a client got, in short: its own events, messages, and what it is told of them. */
  private static List<String> brief(List<String> frames) {
    var brief = new ArrayList<String>();
    for (String frame : frames) {
      String known = frame.replace(KILOBYTE, "");
      Matcher event = EVENT.matcher(known);
      Matcher message = MESSAGE.matcher(known);
      Matcher news = NEWS.matcher(known);
      if (event.matches()) {
        assertThat(event.group(1)).isEqualTo(event.group(2));
        brief.add(event.group(1));
      } else if (message.matches()) {
        assertThat(message.group(4)).isIn(null, message.group(2));
        brief.add("m" + message.group(2));
      } else if (news.matches()) {
        brief.add(
            news.group(1) + news.group(2) + (news.group(3) == null ? "" : "-" + news.group(4)));
      } else {
        brief.add(known);
      }
    }
    return brief;
  }

  private static List<Long> ids(List<String> frames) {
    return frames.stream()
        .map(frame -> MESSAGE.matcher(frame.replace(KILOBYTE, "")))
        .filter(Matcher::matches)
        .map(message -> Long.valueOf(message.group(1)))
        .toList();
  }

  @Test
  void whatASlowClientHasNoRoomForComesAsMessagesWhenItReads_S4_7() {
    World world = world();
    var phone = world.phone();
    phone.connection.slow = true;
    world.publish(8);
    assertThat(brief(phone.got())).containsExactly("1", "2", "3", "4", "spilled5");
    assertThat(phone.connection.closeCode).isZero();
    assertThat(phone.connection.pendingBytes()).isLessThan(5_000);

    world.reads(phone);
    List<String> got = phone.got();
    assertThat(brief(got)).containsExactly("m5", "m6", "m7", "m8", "live9");
    world.publish(1);
    assertThat(brief(phone.got())).containsExactly("9");
    assertThat(world.spilled()).isEqualTo(4);

    phone.says("{\"ack\":" + ids(got) + ",\"group\":\"t\"}");
    store.acknowledgeAll();
    world.settle();
    assertThat(phone.got()).singleElement().asString().contains("\"level\":\"MEMORY\"");
    assertThat(world.queues.holding().messages()).isZero();
  }

  @Test
  void aMessageSaysWhichPublicationItIsWhenItIsGivenForTheFirstTime() {
    World world = world();
    var phone = world.phone();
    phone.connection.slow = true;
    world.publish(5);
    world.reads(phone);
    List<String> got = phone.got();
    String message =
        "{\"message\":{\"group\":\"t\",\"id\":" + ids(got).getFirst() + ",\"data\":\"5\",";
    assertThat(got.stream().map(frame -> frame.replace(KILOBYTE, "")))
        .contains(message + "\"deliveries\":1,\"redelivered\":false,\"offset\":5}}");

    phone.says("{\"unacked\":\"t\"}"); // nobody knows any more what was spilled
    world.settle();
    assertThat(phone.got().stream().map(frame -> frame.replace(KILOBYTE, "")))
        .contains(message + "\"deliveries\":2,\"redelivered\":true}}");
  }

  @Test
  void whatIsPublishedMeanwhileStaysBehind() {
    World world = world();
    var phone = world.phone();
    phone.connection.slow = true;
    world.publish(6);
    phone.connection.slow = false;
    world.simulation.on(0, phone.connection::read); // there is room again
    world.publish(1);
    assertThat(brief(phone.got())).containsExactly("1", "2", "3", "4", "spilled5");
    world.reads(phone);
    assertThat(brief(phone.got())).containsExactly("m5", "m6", "m7", "live8");
  }

  @Test
  void aClientThatCannotComeBackIsDisconnected() {
    for (String connect : List.of("", "{\"client\":\"phone\"}", "{\"token\":\"ann\"}")) {
      World world = world();
      var client = world.open(connect);
      client.connection.slow = true;
      world.publish(20);
      assertThat(client.connection.closeCode).as(connect).isEqualTo(CloseCode.SLOW);
      assertThat(world.spilled()).isZero();
    }
  }

  @Test
  void whatTheQueueRefusesIsAGap() {
    World world = new World(OfflineOptions.DEFAULT.holding(2, 1 << 20, FullPolicy.REFUSE_NEW));
    var phone = world.phone();
    phone.connection.slow = true;
    world.publish(100);
    assertThat(brief(phone.got())).containsExactly("1", "2", "3", "4", "spilled5");
    world.reads(phone);
    assertThat(brief(phone.got())).containsExactly("m5", "m6", "gap7-100", "live101");
    assertThat(world.simulation.broker.stats().snapshot().droppedForSlow()).isEqualTo(94);
  }

  @Test
  void whatTheLaneMissedKeepsItsPlaceAmongTheMessages() {
    World world = world();
    var phone = world.phone();
    phone.connection.slow = true;
    world.publish(6);
    world.simulation.on(0, () -> phone.session.gap("t", 7, 9));
    world.reads(phone);
    assertThat(brief(phone.got()))
        .containsExactly("1", "2", "3", "4", "spilled5", "m5", "m6", "gap7-9", "live10");
  }

  @Test
  void whatGivesWayInTheQueueIsAGap() {
    World world = new World(OfflineOptions.DEFAULT.holding(2, 1 << 20, FullPolicy.DROP_OLDEST));
    var phone = world.phone();
    phone.connection.slow = true;
    for (int i = 0; i < 50; i++) {
      world.publish(2);
      store.acknowledgeAll();
      world.settle();
    }
    assertThat(brief(phone.got())).containsExactly("1", "2", "3", "4", "spilled5");
    world.reads(phone);
    assertThat(brief(phone.got())) // two had been read for it before they gave way
        .containsExactly("m5", "m6", "gap7-98", "m99", "m100", "live101");
  }

  @Test
  void aSessionThatEndsFindsItsMessagesAgain() {
    World world = world();
    var phone = world.phone();
    phone.connection.slow = true;
    world.publish(7);
    store.acknowledgeAll();
    world.settle();
    world.simulation.on(0, () -> phone.session.closedByPeer(1006, ""));
    world.publish(1); // it is not there any more

    var next = world.open("{\"token\":\"ann\",\"client\":\"phone\"}");
    next.says("{\"unacked\":\"t\"}");
    world.reads(next);
    assertThat(brief(next.got()))
        .containsExactly("{\"unacked\":\"t\",\"waiting\":3}", "m5", "m6", "m7");
  }

  @Test
  void whoseQueueAnotherTakesIsDisconnected() {
    World world = world();
    var phone = world.phone();
    phone.connection.slow = true;
    world.publish(7);
    var newer = world.phone();
    newer.says("{\"unacked\":\"t\"}");
    world.settle();
    assertThat(phone.connection.closeCode).isEqualTo(CloseCode.SLOW);
  }

  @Test
  void aClientThatReadsItsMessagesAnywayHasThemOnce() {
    World world = world();
    var key = new QueueKey("t", "ann", "phone");
    var _ = world.queues.join(key);
    var _ = world.queues.offer(key, Payload.of("0" + KILOBYTE));
    store.acknowledgeAll();
    var phone = world.phone();
    phone.says("{\"unacked\":\"t\"}");
    world.settle();
    assertThat(brief(phone.got())).containsExactly("{\"unacked\":\"t\",\"waiting\":1}", "m0");
    phone.connection.slow = true;
    world.publish(6);
    world.reads(phone);
    assertThat(brief(phone.got()))
        .containsExactly("1", "2", "3", "4", "spilled5", "m5", "m6", "live7");
  }

  @Test
  void whoWantedThemOnlyOnceGetsTheRestAllTheSame() {
    World world = world();
    var key = new QueueKey("t", "ann", "phone");
    var _ = world.queues.join(key);
    var _ = world.queues.offer(key, Payload.of("0" + KILOBYTE));
    store.acknowledgeAll();
    var phone = world.phone();
    phone.connection.slow = true;
    phone.says("{\"unacked\":\"t\",\"live\":false}");
    world.publish(6);
    world.reads(phone);
    assertThat(brief(phone.got())).contains("spilled5", "m0", "m5", "m6", "live7");
    assertThat(phone.connection.closeCode).isZero();
  }

  /** Random lives: each event comes once, in order, or is told to be missing. */
  @Test
  void nothingIsLostWithoutBeingTold() {
    for (long seed = 0; seed < 300; seed++) {
      var random = new Random(seed);
      var full = FullPolicy.values()[random.nextInt(2)];
      World world =
          new World(
              OfflineOptions.DEFAULT
                  .holding(1 + random.nextInt(12), 1 << 20, full)
                  .withWindow(1 + random.nextInt(6)));
      live(world, random, seed);
      store.acknowledgeAll();
      work.clear();
      var _ = world.queues.leave(new QueueKey("t", "ann", "phone"));
      store.acknowledgeAll();
    }
  }

  private void live(World world, Random random, long seed) {
    var phone = world.phone();
    var seen = new Seen(seed);
    for (int step = 0; step < 150; step++) {
      switch (random.nextInt(8)) {
        case 0, 1, 2 -> world.publish(1 + random.nextInt(3));
        case 3 -> phone.connection.slow = true;
        case 4 -> {
          phone.connection.slow = false;
          world.simulation.on(0, phone.connection::read);
        }
        case 5 -> store.acknowledge(1 + random.nextInt(4));
        case 6 -> {
          world.simulation.settle();
          for (int i = random.nextInt(work.size() + 1); i > 0; i--) {
            work.remove().run();
          }
          world.simulation.settle();
        }
        default -> acknowledge(phone, seen);
      }
      seen.take(phone.got());
      assertThat(phone.connection.closeCode).as("seed %d", seed).isZero();
      assertThat(phone.connection.pendingBytes()).as("seed %d", seed).isLessThan(8_000);
    }
    for (int i = 0; i < 30; i++) {
      world.reads(phone);
      seen.take(phone.got());
      acknowledge(phone, seen);
    }
    world.publish(1);
    seen.take(phone.got());
    assertThat(seen.last).as("seed %d", seed).isEqualTo(world.published);
    assertThat(seen.isSpilled).as("seed %d", seed).isFalse();
  }

  private static void acknowledge(Simulation.Client phone, Seen seen) {
    if (!seen.ids.isEmpty()) {
      phone.says("{\"ack\":" + seen.ids + ",\"group\":\"t\"}");
      seen.ids.clear();
    }
  }

  /** What one client knows. */
  private static final class Seen {
    final long seed;
    final List<Long> ids = new ArrayList<>();
    long last;
    boolean isSpilled;

    Seen(long seed) {
      this.seed = seed;
    }

    void take(List<String> frames) {
      ids.addAll(ids(frames));
      for (String each : brief(frames)) {
        if (each.startsWith("{")) {
          assertThat(each).startsWith("{\"acked\"");
        } else if (each.startsWith("spilled")) {
          assertThat(isSpilled).as("seed %d", seed).isFalse();
          assertThat(Long.parseLong(each.substring(7))).as("seed %d", seed).isEqualTo(last + 1);
          isSpilled = true;
        } else if (each.startsWith("live")) {
          assertThat(Long.parseLong(each.substring(4))).as("seed %d", seed).isEqualTo(last + 1);
          isSpilled = false;
        } else if (each.startsWith("gap")) {
          String[] range = each.substring(3).split("-");
          assertThat(Long.parseLong(range[0])).as("seed %d", seed).isEqualTo(last + 1);
          last = Long.parseLong(range[1]);
        } else {
          boolean isMessage = each.startsWith("m");
          assertThat(isMessage).as("seed %d", seed).isEqualTo(isSpilled);
          last++;
          assertThat(Long.parseLong(isMessage ? each.substring(1) : each))
              .as("seed %d", seed)
              .isEqualTo(last);
        }
      }
    }
  }
}
