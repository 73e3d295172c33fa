package dev.runar.internal.broker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.Payload;
import dev.runar.channels.ChannelRule;
import dev.runar.spi.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A channel whose node stops, and crashes, at random while its disk is slow and refuses: what a
 * client has put together is what has been published, without a hole, unless it was told of one.
 */
@Timeout(120)
class DurableHistorySimulationTest {
  private static final Pattern EVENT =
      Pattern.compile("\\{\"topic\":\"chat/1\",\"data\":(\\d+),\"offset\":(\\d+)}");
  private static final Pattern SUBSCRIBED =
      Pattern.compile(
          "\\{\"subscribed\":\"chat/1\",\"offset\":(\\d+),\"epoch\":\"(.+?)\",\"recovered\":(.+)}");
  private static final List<ChannelRule> RULES =
      List.of(ChannelRule.of("chat/*").withHistory(20, Duration.ofMinutes(5)).withDurable(true));

  private final CrashingStore store = new CrashingStore();
  private Simulation simulation = life();

  /** What has been published, of the offsets from 1. */
  private final List<Integer> truth = new ArrayList<>();

  private int lastNumber;
  private int recovered;
  private int notRecovered;

  private Simulation life() {
    return Simulation.remembering(1, RULES, new HistoryStore(store, Clock.system()));
  }

  /** A client over all of its connections. */
  private final class Person {
    private final List<Integer> seen = new ArrayList<>();
    private int first; // how many were published before what it has seen
    private String epoch = "none";
    private Simulation.@Nullable Client client;

    void come() {
      Simulation.Client opened = simulation.connect(0);
      client = opened;
      opened.says(
          "{\"subscribe\":\"chat/1\",\"since\":{\"offset\":%d,\"epoch\":\"%s\"}}"
              .formatted(first + seen.size(), epoch));
      read();
    }

    void read() {
      if (client == null) {
        return;
      }
      for (String frame : client.got()) {
        Matcher event = EVENT.matcher(frame);
        if (event.matches()) {
          seen.add(Integer.parseInt(event.group(1)));
          assertThat(Integer.parseInt(event.group(2))).isEqualTo(first + seen.size());
          continue;
        }
        Matcher subscribed = SUBSCRIBED.matcher(frame);
        assertThat(subscribed.matches()).as(frame).isTrue();
        epoch = subscribed.group(2);
        if (subscribed.group(3).equals("true")) {
          recovered++;
        } else {
          notRecovered++;
          first = Integer.parseInt(subscribed.group(1));
          seen.clear();
        }
      }
    }

    void go() {
      read();
      client = null;
    }

    /** What it has is a run of what there is. */
    void check(int seed) {
      read();
      if (client != null) {
        assertThat(seen).as("seed %d", seed).isEqualTo(truth.subList(first, truth.size()));
      }
    }
  }

  @Test
  void whatAClientPutsTogetherIsWhatHasBeenPublished() {
    for (int seed = 1; seed <= 100; seed++) {
      run(seed);
    }
    assertThat(recovered).isGreaterThan(1_000);
    assertThat(notRecovered).isGreaterThan(1_000);
  }

  private void run(int seed) {
    var random = new Random(seed);
    var people = List.of(new Person(), new Person(), new Person());
    for (int step = 0; step < 300; step++) {
      Person person = people.get(random.nextInt(people.size()));
      switch (random.nextInt(16)) {
        case 0, 1, 2, 3 -> publish(1 + random.nextInt(4));
        case 4, 5, 6, 7 -> store.write(random.nextInt(8));
        case 8 -> simulation.broker.sweep();
        case 9 -> store.isFull = random.nextInt(4) == 0;
        case 10 -> restart(people, random.nextBoolean());
        default -> {
          if (person.client == null) {
            person.come();
          } else {
            person.go();
          }
        }
      }
      simulation.settle();
      people.forEach(one -> one.check(seed));
    }
    store.isFull = false;
  }

  private void publish(int count) {
    for (int i = 0; i < count; i++) {
      truth.add(++lastNumber);
      simulation.gate.publish("chat/1", Payload.json(Integer.toString(lastNumber)));
    }
  }

  private void restart(List<Person> people, boolean crashes) {
    simulation.settle();
    people.forEach(Person::go);
    if (crashes) {
      store.crash();
    } else {
      store.isFull = false;
      simulation.broker.close();
      store.writeAll();
    }
    simulation = life();
    Broker.Position top =
        simulation.broker.history("chat/1", new HistoryRange(null, 0, false)).position();
    // What the disk does not have has never been.
    assertThat(top.offset()).isLessThanOrEqualTo(truth.size());
    if (!crashes) {
      assertThat(top.offset()).isEqualTo(truth.size());
    }
    truth.subList((int) top.offset(), truth.size()).clear();
  }
}
