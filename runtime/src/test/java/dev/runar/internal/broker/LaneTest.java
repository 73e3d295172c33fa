package dev.runar.internal.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What fails on a lane is its own, and costs nobody else anything. */
@Timeout(20)
class LaneTest {
  private static final long BOUND = 1_000;

  private final Turns turns = new Turns();
  private final Congestion congestion = new Congestion(new BrokerStats());
  private final List<String> done = new ArrayList<>();
  private final Lane lane =
      new Lane(
          0,
          turns,
          () -> {
            throw new AssertionError("nothing is written");
          },
          () -> 0,
          new BrokerStats(),
          congestion,
          BOUND);

  /** The lane's thread is the test's, while it takes a turn. */
  private static final class Turns implements LaneExecutor {
    private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
    private boolean isInTurn;

    @Override
    public synchronized void execute(Runnable task) {
      tasks.add(task);
    }

    @Override
    public boolean isCurrentThread() {
      return isInTurn;
    }

    void turn(Lane lane) {
      isInTurn = true;
      lane.endBurst();
      isInTurn = false;
    }
  }

  @Test
  void anErrorInTheInboxGivesItsRoomBackAndStopsNobody() {
    for (int i = 0; i < 20; i++) { // of 64 bytes each
      String name = "item " + i;
      lane.run(
          () -> {
            done.add(name);
            throw new AssertionError("expected");
          });
    }
    assertThat(congestion.isPresent()).isTrue();
    turns.turn(lane);
    assertThat(done).hasSize(20);
    assertThat(congestion.isPresent()).isFalse();
  }

  @Test
  void anErrorAfterABurstIsNotRunAgainAndTheOthersRunOnce() {
    lane.run(
        () -> {
          lane.afterBurst(() -> done.add("one"));
          lane.afterBurst(
              () -> {
                throw new AssertionError("expected");
              });
          lane.afterBurst(() -> done.add("two"));
        });
    turns.turn(lane);
    turns.turn(lane);
    assertThat(done).containsExactly("one", "two");
  }
}
