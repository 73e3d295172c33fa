package dev.runar.internal.broker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.internal.node.Delays;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** How a crowd is taken away a few at a time. */
class DrainTest {
  private record Task(long nanos, Runnable run) {}

  private final ArrayDeque<Task> later = new ArrayDeque<>();
  private final List<String> told = new ArrayList<>();
  private final Delays delays =
      new Delays() {
        @Override
        public Runnable after(long nanos, Runnable task) {
          later.add(new Task(nanos, task));
          return () -> {};
        }

        @Override
        public void close() {}
      };

  private Drain drain(int sessions) {
    List<Runnable> all =
        IntStream.range(0, sessions)
            .<Runnable>mapToObj(i -> () -> told.add("s" + i + " 4200 again"))
            .toList();
    return new Drain(delays, () -> told.add("turned away"), () -> all);
  }

  @Test
  void p10AFewAreClosedAtOnce() {
    CompletableFuture<Void> done = drain(3).begin(Duration.ZERO, Duration.ofSeconds(2));
    assertThat(told)
        .containsExactly("turned away", "s0 4200 again", "s1 4200 again", "s2 4200 again");
    assertThat(done).isCompleted();
  }

  @Test
  void p10ACrowdIsSpreadOverTheTime() {
    CompletableFuture<Void> done = drain(1_001).begin(Duration.ZERO, Duration.ofSeconds(1));
    var sizes = new ArrayList<Integer>();
    sizes.add(told.size() - 1);
    while (!later.isEmpty()) {
      int before = told.size();
      Task next = later.remove();
      assertThat(next.nanos()).isEqualTo(Duration.ofMillis(50).toNanos());
      next.run().run();
      sizes.add(told.size() - before);
    }
    assertThat(sizes).hasSize(20).startsWith(51, 51).endsWith(32);
    assertThat(told).doesNotHaveDuplicates().hasSize(1_002);
    assertThat(done).isCompleted();
  }

  @Test
  void p86NothingChangesInTheLeadTime() {
    CompletableFuture<Void> done = drain(3).begin(Duration.ofSeconds(7), Duration.ofSeconds(2));
    assertThat(told).isEmpty();
    assertThat(done).isNotDone();
    assertThat(later.element().nanos()).isEqualTo(Duration.ofSeconds(7).toNanos());
    later.remove().run().run();
    assertThat(told).hasSize(4);
    assertThat(done).isCompleted();
  }
}
