package dev.runar.internal.node.stage;

import static dev.runar.internal.node.stage.StagedNode.failed;
import static dev.runar.internal.node.stage.StagedNode.failure;
import static dev.runar.internal.node.stage.StagedNode.ms;
import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.ActionOptions;
import dev.runar.ActionOptions.DeclaredError;
import dev.runar.ActionOptions.Retry;
import dev.runar.Delivery;
import dev.runar.Payload;
import dev.runar.RequestOptions;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** With a random number of one half and a jitter of one half, a pause is three quarters. */
@Timeout(30)
class RetryStageTest {
  private static final ActionOptions.Builder THREE =
      ActionOptions.builder().retry(new Retry(3, ms(100), ms(1_000), 0.5));
  private static final ActionOptions IDEMPOTENT = THREE.idempotent(true).build();
  private static final ActionOptions ONCE_BEGUN_NEVER =
      IDEMPOTENT.toBuilder().idempotent(false).build();

  @Test
  void whatPassesIsTriedAgainAfterGrowingPauses() {
    try (var node = StagedNode.with(IDEMPOTENT)) {
      var answer = node.request(1);
      node.begin().fail(failed(Code.OVERLOADED));
      node.time.pass(ms(74));
      assertThat(node.handler).isEmpty();
      node.time.pass(ms(1));
      assertThat(node.handler).hasSize(1);
      assertThat(node.handler.peek().attempt()).isEqualTo(2);
      node.begin().fail(failed(Code.CONTEXT_GONE));
      node.time.pass(ms(149));
      assertThat(node.handler).isEmpty();
      node.time.pass(ms(1));
      node.begin().succeed(Payload.of("third"));
      assertThat(answer.resultNow().value()).isEqualTo("third");
      assertThat(node.counts()).containsEntry("retries", 2L).containsEntry("calls", 1L);
    }
  }

  @Test
  void afterTheLastAttemptTheCallerIsTold() {
    try (var node = StagedNode.with(IDEMPOTENT)) {
      var answer = node.request(1);
      for (int i = 0; i < 3; i++) {
        node.begin().fail(failed(Code.TIMEOUT));
        node.time.pass(ms(1_000));
      }
      assertThat(failure(answer).code()).isEqualTo(Code.TIMEOUT);
      assertThat(node.handler).isEmpty();
    }
  }

  @Test
  void whatHasBegunIsTriedAgainOnlyIfThatDoesNoHarm() {
    try (var node = StagedNode.with(ONCE_BEGUN_NEVER)) {
      var begun = node.request(1);
      node.begin().fail(failed(Code.CONTEXT_GONE));
      assertThat(failure(begun).code()).isEqualTo(Code.CONTEXT_GONE);

      var waiting = node.request(2);
      node.handler.remove().fail(failed(Code.CONTEXT_GONE));
      node.time.pass(ms(100));
      node.begin().succeed(Payload.of("ok"));
      assertThat(waiting.resultNow().value()).isEqualTo("ok");
    }
  }

  @Test
  void aFullQueueIsTriedAgain() {
    try (var node = StagedNode.with(ONCE_BEGUN_NEVER)) {
      node.answer = Delivery.FULL;
      var answer = node.request(1);
      assertThat(answer).isNotDone();
      node.answer = Delivery.QUEUED;
      node.time.pass(ms(75));
      node.begin().succeed(Payload.of("ok"));
      assertThat(answer).isCompleted();
    }
  }

  @Test
  void anErrorOfTheHandlersOwnIsNot() {
    var declaring =
        IDEMPOTENT.toBuilder().errors(List.of(new DeclaredError("Busy", "", null))).build();
    try (var node = StagedNode.with(declaring)) {
      var broken = node.request(1);
      node.begin().fail(failed(Code.HANDLER_FAILED));
      assertThat(failure(broken).code()).isEqualTo(Code.HANDLER_FAILED);
      var declared = node.request(1);
      node.begin().fail(new RunarException(Code.OVERLOADED, "m", null, null, "Busy", null));
      assertThat(failure(declared).remoteName()).contains("Busy");
      var invalid = node.request(1);
      node.handler.remove().fail(failed(Code.INVALID_INPUT));
      assertThat(invalid).isCompletedExceptionally();
    }
  }

  @Test
  void noAttemptBeginsAfterTheDeadline() {
    try (var node = StagedNode.with(IDEMPOTENT)) {
      var answer = node.request(1, RequestOptions.DEFAULT.withTimeout(ms(60)));
      node.begin().fail(failed(Code.OVERLOADED));
      assertThat(failure(answer).code()).isEqualTo(Code.OVERLOADED);
      assertThat(node.time.waiting()).isZero();
    }
  }

  @Test
  void whoGivesUpIsNotTriedForAgain() {
    try (var node = StagedNode.with(IDEMPOTENT)) {
      var answer = node.request(1);
      node.begin().fail(failed(Code.OVERLOADED));
      assertThat(node.time.waiting()).isEqualTo(1);
      answer.cancel(false);
      assertThat(node.time.waiting()).isZero();
    }
  }

  @Test
  void aPauseGrowsToItsBound() {
    var many = IDEMPOTENT.toBuilder().retry(new Retry(6, ms(100), ms(400), 0)).build();
    try (var node = StagedNode.with(many)) {
      var _ = node.request(1);
      for (long pause : new long[] {100, 200, 400, 400, 400}) {
        node.begin().fail(failed(Code.OVERLOADED));
        node.time.pass(ms(pause - 1));
        assertThat(node.handler).isEmpty();
        node.time.pass(ms(1));
        assertThat(node.handler).hasSize(1);
      }
    }
  }

  @Test
  void anAttemptWhoseContextDiesIsTriedAgainAndWhatItAskedForIsGivenUp() {
    try (var node = StagedNode.with(IDEMPOTENT)) {
      var answer = node.request(1);
      var dying = node.begin();
      var asked = new AtomicInteger();
      dying.onCancel(asked::incrementAndGet);
      dying.abandon(failed(Code.CONTEXT_GONE));
      assertThat(asked).hasValue(1);
      assertThat(answer).isNotDone();
      node.time.pass(ms(75));
      var second = node.begin();
      second.onCancel(asked::incrementAndGet);
      second.succeed(Payload.of("second"));
      assertThat(answer.resultNow().value()).isEqualTo("second");
      assertThat(asked).hasValue(1);
    }
  }

  @Test
  void whatTheLastAttemptAskedForIsGivenUpToo() {
    try (var node = StagedNode.with(ONCE_BEGUN_NEVER)) {
      var answer = node.request(1);
      var dying = node.begin();
      var asked = new AtomicInteger();
      dying.onCancel(asked::incrementAndGet);
      dying.abandon(failed(Code.CONTEXT_GONE));
      assertThat(asked).hasValue(1);
      assertThat(failure(answer).code()).isEqualTo(Code.CONTEXT_GONE);
    }
  }
}
