package dev.runar.internal.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.runar.Payload;
import dev.runar.channels.ChannelRule;
import dev.runar.internal.broker.offline.WatchedStore;
import dev.runar.spi.Clock;
import dev.runar.spi.Store;
import dev.runar.spi.Store.Damage;
import dev.runar.spi.Store.Findings;
import dev.runar.spi.Store.Loss;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a durable channel keeps beside its publications, and a store that fails it. */
@Timeout(20)
class DurableMarksTest {
  private static final List<ChannelRule> RULES =
      List.of(ChannelRule.of("chat/*").withHistory(100, Duration.ofMinutes(5)).withDurable(true));

  private final CrashingStore store = new CrashingStore();
  private boolean isClockBroken;

  private Simulation life(Store kept) {
    return Simulation.remembering(
        1,
        RULES,
        new HistoryStore(
            kept,
            new Clock() {
              @Override
              public long nanos() {
                return 0;
              }

              @Override
              public long wallMs() {
                if (isClockBroken) {
                  throw new IllegalStateException("no clock");
                }
                return 1_000_000;
              }
            }));
  }

  private static void publish(Simulation simulation, int from, int to) {
    for (int i = from; i <= to; i++) {
      simulation.gate.publish("chat/1", Payload.json(Integer.toString(i)));
    }
  }

  private static List<Long> remembered(Simulation simulation) {
    return simulation
        .broker
        .history("chat/1", new HistoryRange(null, 100, false))
        .publications()
        .stream()
        .map(Remembered::offset)
        .toList();
  }

  private static void endChannel(Simulation simulation) {
    simulation.nanos += Duration.ofMinutes(6).toNanos();
    simulation.broker.sweep();
  }

  @Test
  void ofManyHolesOneMarkIsKept() {
    Simulation simulation = life(store);
    for (int i = 0; i < 10; i++) {
      store.isFull = true;
      publish(simulation, i, i);
      store.isFull = false;
      simulation.broker.sweep();
      store.writeAll();
    }
    assertThat(store.counts().entries()).isEqualTo(1);
    endChannel(simulation);
    store.writeAll();
    assertThat(store.counts().entries()).isZero();
  }

  @Test
  void aMarkThatIsWrittenAfterTheEndGoesToo() {
    Simulation simulation = life(store);
    store.isFull = true;
    publish(simulation, 1, 1);
    store.isFull = false;
    simulation.broker.sweep(); // the mark is on its way
    endChannel(simulation);
    store.writeAll();
    assertThat(store.counts().entries()).isZero();
  }

  @Test
  void aChannelThatEndsTakesTheBeginningsOfItsEpochsWithIt() {
    Simulation simulation = life(store);
    publish(simulation, 1, 2);
    for (int i = 0; i < 3; i++) {
      simulation.broker.close();
      store.writeAll();
      simulation = life(store);
    }
    store.writeAll();
    assertThat(store.counts().entries()).isEqualTo(5); // two publications, three beginnings
    endChannel(simulation);
    store.writeAll();
    assertThat(store.counts().entries()).isZero();
  }

  @Test
  void whereNotAllLossesAreNamedEveryChannelMayMissSomething() {
    publish(life(store), 1, 3);
    store.writeAll();
    store.findings =
        new Findings(
            false, List.of(new Damage(Loss.DAMAGED, "1.log:99", 2, 2, Set.of("history/chat/2"))));
    assertThat(remembered(life(store))).containsExactly(1L, 2L, 3L);
    store.writeAll();

    store.unlisted = 1;
    assertThat(remembered(life(store))).isEmpty();
    store.writeAll();
    assertThat(store.counts().entries()).isZero();
  }

  @Test
  void aStoreThatThrowsLeavesNoHoleInWhatIsRemembered() {
    var throwing = new WatchedStore();
    Simulation simulation = life(throwing);
    publish(simulation, 1, 2);
    throwing.appending =
        queues -> {
          throw new IllegalStateException("broken");
        };
    publish(simulation, 3, 4);
    throwing.appending = queues -> {};
    publish(simulation, 5, 5);
    assertThat(remembered(simulation)).containsExactly(1L, 2L, 3L, 4L, 5L);

    throwing.removing =
        (queue, ids) -> {
          throw new IllegalStateException("broken");
        };
    endChannel(simulation);
    publish(simulation, 6, 6);
    assertThat(remembered(simulation)).containsExactly(1L); // a channel that began anew
    throwing.removing = (queue, ids) -> {};
    simulation.broker.sweep();
    assertThat(throwing.counts().entries()).isEqualTo(1);
  }

  @Test
  void aSweepThatThrowsIsNotTheLast() {
    Simulation simulation = life(store);
    store.isFull = true;
    publish(simulation, 1, 1);
    store.isFull = false;
    isClockBroken = true;
    assertThatCode(simulation.broker::sweep).doesNotThrowAnyException();
    assertThat(store.counts().entries()).isZero();
    isClockBroken = false;
    simulation.broker.sweep();
    store.writeAll();
    assertThat(store.counts().entries()).isEqualTo(1); // the hole is marked
  }
}
