package dev.runar.internal.node.stage;

import static dev.runar.internal.node.stage.StagedNode.failed;
import static dev.runar.internal.node.stage.StagedNode.failure;
import static dev.runar.internal.node.stage.StagedNode.ms;
import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.ActionOptions;
import dev.runar.ActionOptions.Breaker;
import dev.runar.Payload;
import dev.runar.RunarException.Code;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class BreakerStageTest {
  private static final ActionOptions HALF_OF_FOUR =
      ActionOptions.builder().breaker(new Breaker(0.5, 4, ms(1_000), 1)).build();

  private static void open(StagedNode node) {
    for (int i = 0; i < 2; i++) {
      var _ = node.request(i);
      node.begin().succeed(Payload.of(i));
      var _ = node.request(i);
      node.begin().fail(failed(Code.HANDLER_FAILED));
    }
  }

  @Test
  void itOpensWhenTooManyOfTheLastHaveFailed() {
    try (var node = StagedNode.with(HALF_OF_FOUR)) {
      open(node);
      var answer = node.request(1);
      assertThat(failure(answer).code()).isEqualTo(Code.OVERLOADED);
      assertThat(failure(answer))
          .hasMessage(
              "the breaker of action s/a is open: 50 % or more of the last 4 calls failed;"
                  + " calls are refused for 1000 ms, then 1 may try");
      assertThat(node.handler).isEmpty();
      assertThat(node.counts()).containsEntry("refusedByBreaker", 1L);
    }
  }

  @Test
  void aWindowThatIsNotFullSaysNothing() {
    try (var node = StagedNode.with(HALF_OF_FOUR)) {
      for (int i = 0; i < 3; i++) {
        var _ = node.request(i);
        node.begin().fail(failed(Code.HANDLER_FAILED));
      }
      var _ = node.request(4);
      assertThat(node.handler).hasSize(1);
    }
  }

  @Test
  void afterAWhileSomeMayTry() {
    try (var node = StagedNode.with(HALF_OF_FOUR)) {
      open(node);
      node.time.pass(ms(999));
      assertThat(node.request(1)).isCompletedExceptionally();
      node.time.pass(ms(2));
      var trial = node.request(1);
      assertThat(node.handler).hasSize(1);
      assertThat(node.request(1)).isCompletedExceptionally();
      node.begin().succeed(Payload.of("well again"));
      assertThat(trial).isCompleted();
      var _ = node.request(1);
      assertThat(node.handler).hasSize(1);
    }
  }

  @Test
  void aTrialThatFailsClosesTheDoorAgain() {
    try (var node = StagedNode.with(HALF_OF_FOUR)) {
      open(node);
      node.time.pass(ms(1_001));
      var _ = node.request(1);
      node.begin().fail(failed(Code.HANDLER_FAILED));
      assertThat(node.request(1)).isCompletedExceptionally();
      assertThat(node.handler).isEmpty();
    }
  }

  @Test
  void anAnswerIsNoFailure() {
    try (var node = StagedNode.with(HALF_OF_FOUR)) {
      for (int i = 0; i < 8; i++) {
        var _ = node.request(i);
        node.begin().fail(failed(Code.NOT_FOUND));
      }
      var _ = node.request(1);
      assertThat(node.handler).hasSize(1);
    }
  }

  @Test
  void aTrialThatIsGivenUpLeavesRoomForAnother() {
    try (var node = StagedNode.with(HALF_OF_FOUR)) {
      open(node);
      node.time.pass(ms(1_001));
      node.request(1).cancel(false);
      node.handler.clear();
      var _ = node.request(2);
      assertThat(node.handler).hasSize(1);
    }
  }
}
