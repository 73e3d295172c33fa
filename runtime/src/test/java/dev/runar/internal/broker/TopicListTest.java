package dev.runar.internal.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.runar.Payload;
import java.lang.Thread.State;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What those are told who watch which topics are declared. */
@Timeout(60)
class TopicListTest {
  private final Simulation simulation = Simulation.of(1);

  @Test
  void aTopicThatGoesWhileTheFirstBeginsToWatchIsToldToHaveGone() throws InterruptedException {
    var client = simulation.connect(0);
    TopicList list = simulation.broker.list();
    var isRunning = new AtomicBoolean(true);
    var going = new Thread(list::changed);
    simulation.gate.declared =
        () -> {
          List<String> declared = isRunning.get() ? List.of("a") : List.of();
          if (isRunning.compareAndSet(true, false)) {
            going.start();
            await()
                .atMost(Duration.ofSeconds(30))
                .until(
                    () -> EnumSet.of(State.BLOCKED, State.TERMINATED).contains(going.getState()));
          }
          return declared;
        };
    list.watch(client.session);
    going.join();
    simulation.settle();
    assertThat(client.got()).containsExactly("{\"disappeared\":\"a\"}");
  }

  @Test
  void aListThatHasNoRoomBesideWhatWaitsIsRefusedAndTheClientStays() {
    var small =
        new Simulation(
            Simulation.options(10_000, 1 << 20, 1_000_000, List.of()),
            1,
            gate -> DialectPaths.NONE,
            NobodyKnown.clients());
    small.gate.declared =
        () -> IntStream.range(0, 200).mapToObj(i -> "topic/" + i + "x".repeat(40)).toList();
    var client = small.connect(0);
    client.says("{\"subscribe\":\"a\"}");
    small.settle();
    assertThat(client.got()).hasSize(1);
    client.connection.slow = true;
    small.gate.publish("a", Payload.of("x".repeat(3_000)));
    small.settle();
    assertThat(client.got()).hasSize(1);
    client.says("{\"list\":true,\"id\":1}", "{\"watch\":\"topics\",\"id\":2}");
    small.settle();
    assertThat(client.got())
        .hasSize(2)
        .allSatisfy(refused -> assertThat(refused).contains("OVERLOADED", "has no room beside"));
    small.gate.declared = List::of;
    small.broker.list().changed();
    client.connection.slow = false;
    small.on(0, client.connection::read);
    client.says("{\"list\":true,\"id\":3}");
    small.settle();
    assertThat(client.got()).containsExactly("{\"topics\":[\"a\"],\"id\":3}"); // it watches nothing
    assertThat(client.session.isOpen()).isTrue();
  }
}
