package dev.runar.internal.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.spi.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class WakesTest {
  private final List<String> happened = new CopyOnWriteArrayList<>();

  @Test
  void aThreadThatHasNoBurstsWakesAtOnce() {
    Wakes.wake(() -> happened.add("woken"));

    assertThat(happened).containsExactly("woken");
  }

  @Test
  void theCallbacksOfABatchWakeOthersOnceTheyHaveAllRun() {
    CompletableFuture<Void> batch = new CompletableFuture<>();
    OwnerThread owner =
        owner(
            callback("first", () -> Wakes.wake(() -> happened.add("woken by first"))),
            callback("second", () -> Wakes.wake(() -> happened.add("woken by second"))),
            callback("third", () -> batch.complete(null)));
    batch.join();
    end(owner);

    // More than the patience may pass between two callbacks on a busy machine, never less.
    assertThat(happened.indexOf("woken by first")).isGreaterThan(happened.indexOf("first"));
    assertThat(happened)
        .containsExactlyInAnyOrder("first", "woken by first", "second", "woken by second", "third");
  }

  @Test
  void aWakeUpWaitsForTheEndOfABurstButNotLongerThanItsPatience() {
    var now = new AtomicLong();
    List<String> told = new ArrayList<>();
    var wakes = new Wakes(now::get, () -> told.add("owing"));
    inBurst(wakes, () -> Wakes.wake(() -> happened.add("woken")));

    wakes.makeDue();
    assertThat(happened).isEmpty();
    now.set(Wakes.PATIENCE_NANOS);
    wakes.makeDue();
    wakes.makeAll();

    assertThat(happened).containsExactly("woken");
    assertThat(told).containsExactly("owing");
  }

  @Test
  void aTurnThatGoesOnDoesNotKeepOthersAsleep() {
    var woken = new CompletableFuture<Void>();
    OwnerThread owner =
        owner(
            callback(
                "long",
                () -> {
                  Wakes.wake(() -> woken.complete(null));
                  woken.join(); // ends only if somebody else makes the wake-up
                }));

    assertThat(woken).succeedsWithin(Duration.ofSeconds(10));
    end(owner);
  }

  private static void inBurst(Wakes wakes, Runnable work) {
    final class Reader extends Thread implements Wakes.Worker {
      @Override
      public void run() {
        work.run();
      }

      @Override
      public Wakes wakes() {
        return wakes;
      }

      @Override
      public boolean isInBurst() {
        return true;
      }
    }

    var reader = new Reader();
    reader.start();
    try {
      reader.join();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private Callback callback(String name, Runnable work) {
    return new Callback() {
      @Override
      public void run() {
        happened.add(name);
        work.run();
      }

      @Override
      public void abandon(RunarException reason) {}
    };
  }

  /** A watched owner that finds all callbacks when it begins. */
  private static OwnerThread owner(Callback... callbacks) {
    var owner = new OwnerThread("owner", 10, 1_000, Clock.system(), new Nobody());
    for (Callback callback : callbacks) {
      owner.queue().offer(callback);
    }
    var watchdog = new Watchdog(Clock.system(), 1_000_000_000);
    watchdog.watch(owner, usage -> false);
    watchdog.start();
    var _ = owner.ended().thenRun(watchdog::close);
    owner.start();
    return owner;
  }

  private static void end(OwnerThread owner) {
    owner.stop(new RunarException(Code.SHUTDOWN, "the end"));
    owner.ended().join();
  }

  private static final class Nobody implements OwnerThread.Guest {
    @Override
    public void begin() {}

    @Override
    public void end() {}

    @Override
    public void enter() {}

    @Override
    public void leave() {}

    @Override
    public void failed(Throwable error) {
      throw new AssertionError(error);
    }
  }
}
