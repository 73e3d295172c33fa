package dev.runar.internal.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.Delivery;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class SerialQueueTest {
  private final Queue<Runnable> tasks = new ArrayDeque<>();
  private final List<String> seen = new ArrayList<>();

  private Callback callback(String name, Runnable run) {
    return new Callback() {
      @Override
      public void run() {
        seen.add(name);
        run.run();
      }

      @Override
      public void abandon(RunarException reason) {
        seen.add(name + " " + reason.code());
      }
    };
  }

  private void runAll() {
    for (Runnable next = tasks.poll(); next != null; next = tasks.poll()) {
      next.run();
    }
  }

  @Test
  void whatFailsTakesNothingWithIt() {
    var queue = new SerialQueue(8, 1_000, tasks::add);
    queue.offer(
        callback(
            "a",
            () -> {
              throw new AssertionError("expected");
            }));
    queue.offer(callback("b", () -> {}));
    runAll();
    queue.offer(callback("c", () -> {}));
    runAll();
    assertThat(seen).containsExactly("a", "b", "c");
  }

  @Test
  void whatNoThreadTakesIsAbandoned() {
    Executor ended =
        task -> {
          throw new RejectedExecutionException("ended");
        };
    var queue = new SerialQueue(8, 1_000, ended);
    queue.offer(callback("a", () -> {}));
    assertThat(seen).containsExactly("a " + Code.SHUTDOWN);
    assertThat(queue.offer(callback("b", () -> {}))).isEqualTo(Delivery.CLOSED);
  }
}
