package dev.runar.internal.link;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class PumpTurnsTest {
  private final PumpTurns turns = new PumpTurns();

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void beyondTheBoundThePumpWaitsForWhatIsSlow() throws InterruptedException {
    var slow = new CountDownLatch(1);
    var done = new AtomicInteger();
    int half = (int) (PumpTurns.MAX_WAITING / 2);
    turns.takeSlow(0, () -> await(slow));
    turns.take(half, done::incrementAndGet);
    turns.take(half, done::incrementAndGet);

    Thread pump = Thread.ofPlatform().start(() -> turns.take(1, done::incrementAndGet));
    while (pump.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
    assertThat(done).hasValue(0);
    slow.countDown();
    pump.join();
    while (done.get() < 3) {
      Thread.onSpinWait();
    }
  }

  @Test
  void aStepThatFailsIsNotTheEndOfThoseBehindIt() throws InterruptedException {
    var slow = new CountDownLatch(1);
    var done = new CountDownLatch(1);
    turns.takeSlow(
        0,
        () -> {
          await(slow);
          throw new IllegalStateException("broken");
        });
    turns.take(1, done::countDown);
    slow.countDown();

    done.await();
  }
}
