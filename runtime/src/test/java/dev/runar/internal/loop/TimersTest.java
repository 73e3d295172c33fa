package dev.runar.internal.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TimersTest {
  private final Timers timers = new Timers(3);
  private final List<String> ran = new ArrayList<>();

  private void runDue(long now) {
    for (Runnable due = timers.takeDue(now); due != null; due = timers.takeDue(now)) {
      due.run();
    }
  }

  @Test
  void timersRunSoonestFirstAndEqualOnesInTheOrderTheyWereSet() {
    timers.set(20, 0, () -> ran.add("b"));
    timers.set(10, 0, () -> ran.add("a"));
    timers.set(20, 0, () -> ran.add("c"));

    runDue(20);

    assertThat(ran).containsExactly("a", "b", "c");
    assertThat(timers.size()).isZero();
  }

  @Test
  void aRepeatingTimerRunsAgainAfterItsPeriod() {
    timers.set(10, 10, () -> ran.add("tick"));

    runDue(10);
    runDue(15);
    runDue(20);

    assertThat(ran).containsExactly("tick", "tick");
    assertThat(timers.nanosToNext(25)).isEqualTo(5);
  }

  @Test
  void whatFiresOnceIsAwaitedUntilItHasAndADeadlineIsNot() {
    timers.set(10, 10, () -> {});
    timers.deadline(5, () -> ran.add("deadline"));
    assertThat(timers.anyAwaited()).isFalse();
    timers.set(6, 0, () -> ran.add("once"));
    assertThat(timers.anyAwaited()).isTrue();

    runDue(6);

    assertThat(ran).containsExactly("deadline", "once");
    assertThat(timers.anyAwaited()).isFalse();
  }

  @Test
  void whoHasSetATimerSaysWhetherItIsAwaited() {
    long once = timers.set(6, 0, () -> ran.add("once"));
    long repeating = timers.set(6, 6, () -> {});
    timers.awaited(repeating, true);
    timers.awaited(once, false);
    assertThat(timers.anyAwaited()).isFalse();
    timers.awaited(once, true);
    assertThat(timers.anyAwaited()).isTrue();
    timers.awaited(once, false);

    runDue(6);

    assertThat(ran).containsExactly("once");
    timers.awaited(once, true); // it has fired
    assertThat(timers.anyAwaited()).isFalse();
  }

  @Test
  void aClearedTimerDoesNotRun() {
    long id = timers.set(10, 10, () -> ran.add("tick"));
    timers.clear(id);
    timers.clear(id);

    runDue(100);

    assertThat(ran).isEmpty();
    assertThat(timers.nanosToNext(0)).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void tooManyTimersAreRefused() {
    for (int i = 0; i < 3; i++) {
      assertThat(timers.set(10, 0, () -> {})).isPositive();
    }

    assertThat(timers.set(10, 0, () -> {})).isEqualTo(-1);
  }
}
