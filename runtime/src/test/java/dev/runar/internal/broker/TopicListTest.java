package dev.runar.internal.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.lang.Thread.State;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
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
}
