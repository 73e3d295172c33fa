package dev.runar.internal.broker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.Payload;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Clients that come and go at random while others publish, the clock runs and memory is short: what
 * a client has put together is at every moment a run of what was published, without a hole, unless
 * it was told of one.
 */
@Timeout(120)
class RecoverySimulationTest {
  private static final Pattern EVENT =
      Pattern.compile("\\{\"topic\":\"(.+)\",\"data\":(\\d+),\"offset\":(\\d+)}");
  private static final Pattern SUBSCRIBED =
      Pattern.compile(
          "\\{\"subscribed\":\"(.+)\",\"offset\":(\\d+),\"epoch\":\"(.+?)\"(?:,\"recovered\":(.+))?}");
  private static final Pattern GAP =
      Pattern.compile("\\{\"gap\":\\{\"topic\":\"(.+)\",\"from\":(\\d+),\"to\":(\\d+)}}");

  private static final int STEPS = 400;
  private static final int CLIENTS = 4;
  private static final List<String> TOPICS = List.of("chat/1", "chat/2", "chat/3");

  /** How many publications each topic had; the data of each is its number, from 1. */
  private final Map<String, Integer> published = new HashMap<>();

  private int recovered;
  private int notRecovered;
  private int gaps;

  /** What a client knows of one topic. */
  private static final class View {
    boolean isSubscribed;
    int last;
    long offset;
    @Nullable String epoch;
  }

  /** A client of its own, over all of its connections. */
  private final class Person {
    private final Map<String, View> views = new HashMap<>();
    private Simulation.@Nullable Client client;

    private View view(String topic) {
      return views.computeIfAbsent(topic, key -> new View());
    }

    void toggle(String topic, Simulation.Client through) {
      View view = view(topic);
      read(through);
      if (view.isSubscribed) {
        through.says("{\"unsubscribe\":\"" + topic + "\"}");
        view.isSubscribed = false;
      } else {
        String since =
            view.epoch == null
                ? ""
                : ",\"since\":{\"offset\":%d,\"epoch\":\"%s\"}".formatted(view.offset, view.epoch);
        through.says("{\"subscribe\":\"" + topic + "\"" + since + "}");
      }
      read(through);
    }

    void read(Simulation.Client through) {
      for (String frame : through.got()) {
        Matcher event = EVENT.matcher(frame);
        Matcher subscribed = SUBSCRIBED.matcher(frame);
        Matcher gap = GAP.matcher(frame);
        if (event.matches()) {
          View view = view(event.group(1));
          assertThat(Integer.parseInt(event.group(2))).as(frame).isEqualTo(view.last + 1);
          assertThat(Long.parseLong(event.group(3))).as(frame).isEqualTo(view.offset + 1);
          view.last++;
          view.offset++;
        } else if (gap.matches()) {
          View view = view(gap.group(1));
          assertThat(Long.parseLong(gap.group(2))).as(frame).isEqualTo(view.offset + 1);
          long to = Long.parseLong(gap.group(3));
          view.last += (int) (to - view.offset);
          view.offset = to;
          gaps++;
        } else if (subscribed.matches()) {
          subscribed(subscribed);
        } else {
          assertThat(frame).startsWith("{\"unsubscribed\"");
        }
      }
    }

    private void subscribed(Matcher frame) {
      View view = view(frame.group(1));
      view.isSubscribed = true;
      if ("true".equals(frame.group(4))) {
        recovered++;
        assertThat(frame.group(3)).isEqualTo(view.epoch);
        return; // what it missed follows
      }
      notRecovered++;
      view.epoch = frame.group(3);
      view.offset = Long.parseLong(frame.group(2));
      view.last = published.getOrDefault(frame.group(1), 0);
    }

    void isUpToDate() {
      if (client != null) {
        read(client);
      }
      views.forEach(
          (topic, view) -> {
            if (view.isSubscribed) {
              assertThat(view.last).as(topic).isEqualTo(published.getOrDefault(topic, 0));
            }
          });
    }
  }

  @ParameterizedTest
  @CsvSource({"1000000,100000", "1500,100000", "1000000,400", "1500,400"})
  void whatAClientPutsTogetherHasNoHoleThatItWasNotToldOf(long historyBytes, long laneBytes) {
    for (int seed = 1; seed <= 150; seed++) {
      published.clear();
      run(seed, new Simulation(RecoveryTest.options(historyBytes, laneBytes), 3));
    }
    assertThat(recovered).isGreaterThan(1_000);
    assertThat(notRecovered).isGreaterThan(1_000);
    if (laneBytes == 400) {
      assertThat(gaps).isGreaterThan(1_000);
    } else {
      assertThat(gaps).isZero();
    }
  }

  private void run(int seed, Simulation simulation) {
    var random = new Random(seed);
    var people = new ArrayList<Person>();
    for (int i = 0; i < CLIENTS; i++) {
      people.add(new Person());
    }
    for (int step = 0; step < STEPS; step++) {
      Person person = people.get(random.nextInt(CLIENTS));
      String topic = TOPICS.get(random.nextInt(TOPICS.size()));
      switch (random.nextInt(12)) {
        case 0, 1, 2, 3 -> publish(simulation, random, topic);
        case 4, 5 -> simulation.step(random.nextInt(3));
        case 6 -> simulation.settle();
        case 7 -> leave(person, simulation);
        case 8 -> simulation.nanos += random.nextLong(20_000_000_000L);
        case 9 -> {
          simulation.broker.sweep();
          simulation.gate.publish("chat/x" + random.nextInt(30), Payload.json("0"));
        }
        default -> {
          if (person.client == null) {
            person.client = simulation.connect(random.nextInt(3));
          }
          person.toggle(topic, person.client);
        }
      }
    }
    simulation.settle();
    people.forEach(Person::isUpToDate);
    assertThat(simulation.broker.stats().snapshot().slowDisconnects()).isZero();
  }

  private void publish(Simulation simulation, Random random, String topic) {
    int burst = 1 + random.nextInt(4);
    Runnable publishing =
        () -> {
          for (int i = 0; i < burst; i++) {
            int next = published.merge(topic, 1, Integer::sum);
            simulation.gate.publish(topic, Payload.json(Integer.toString(next)));
          }
        };
    if (random.nextBoolean()) {
      simulation.on(random.nextInt(3), publishing);
    } else {
      publishing.run();
    }
  }

  /** The connection is lost: what was on its way to it is gone. */
  private static void leave(Person person, Simulation simulation) {
    Simulation.Client client = person.client;
    if (client == null) {
      return;
    }
    person.read(client);
    simulation.on(client.lane, () -> client.session.closedByPeer(1006, ""));
    simulation.settle();
    person.read(client); // what came before the end was written
    person.client = null;
    person.views.values().forEach(view -> view.isSubscribed = false);
  }
}
