package dev.runar.internal.broker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.Payload;
import dev.runar.channels.ChannelRule;
import dev.runar.channels.OfflineOptions;
import dev.runar.channels.SlowPolicy;
import dev.runar.internal.broker.offline.OfflineQueues;
import dev.runar.internal.broker.offline.StoreInSteps;
import dev.runar.spi.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A node with one topic that spills, and a client whose budget is 10,000 bytes, of which half may
 * wait in the connection.
 */
abstract class SpillFixture {
  static final String KILOBYTE = "x".repeat(1_000);
  static final Pattern NEWS =
      Pattern.compile(
          "\\{\"(spilled|live|gap)\":\\{\"topic\":\"t\",\"from\":(\\d+)(,\"to\":(\\d+))?}}");
  static final Pattern EVENT =
      Pattern.compile("\\{\"topic\":\"t\",\"data\":\"(\\d+)\",\"offset\":(\\d+)}");
  static final Pattern MESSAGE =
      Pattern.compile(
          "\\{\"message\":\\{\"group\":\"t\",\"id\":(\\d+),\"data\":\"(\\d+)\".*?(,\"offset\":(\\d+))?}}");

  final StoreInSteps store = new StoreInSteps();
  final ArrayDeque<Runnable> work = new ArrayDeque<>();

  /** A node, a topic that spills, and a client of it. */
  final class World {
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
      ClientSetting clients = NamedByToken.clients().with(queues);
      simulation =
          new Simulation(
              Simulation.options(
                  10_000,
                  1 << 20,
                  1_000_000,
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
        publishAtOnce(1);
      }
    }

    /** As one burst. */
    void publishAtOnce(int count) {
      for (int i = 0; i < count; i++) {
        published++;
        simulation.gate.publish("t", Payload.json("\"" + published + KILOBYTE + "\""));
      }
      simulation.settle();
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

  World world() {
    return new World(OfflineOptions.DEFAULT);
  }

  /** What a client got, in short: its own events, messages, and what it is told of them. */
  static List<String> brief(List<String> frames) {
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

  static List<Long> ids(List<String> frames) {
    return frames.stream()
        .map(frame -> MESSAGE.matcher(frame.replace(KILOBYTE, "")))
        .filter(Matcher::matches)
        .map(message -> Long.valueOf(message.group(1)))
        .toList();
  }
}
