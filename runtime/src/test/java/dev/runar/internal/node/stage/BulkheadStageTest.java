package dev.runar.internal.node.stage;

import static dev.runar.internal.node.stage.StagedNode.failed;
import static dev.runar.internal.node.stage.StagedNode.failure;
import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.ActionOptions;
import dev.runar.ActionOptions.Bulkhead;
import dev.runar.ActionOptions.Retry;
import dev.runar.Delivery;
import dev.runar.Payload;
import dev.runar.RequestOptions;
import dev.runar.RunarException.Code;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class BulkheadStageTest {
  private static final ActionOptions ONE_AND_TWO =
      ActionOptions.builder().bulkhead(new Bulkhead(1, 2)).build();

  @Test
  void whatComesAboveWaitsInOrderAndAboveThatIsRefused() {
    try (var node = StagedNode.with(ONE_AND_TWO)) {
      var first = node.request(1);
      var second = node.request(2);
      var third = node.request(3);
      var fourth = node.request(4);
      assertThat(node.handler).hasSize(1);
      assertThat(failure(fourth).code()).isEqualTo(Code.OVERLOADED);
      assertThat(failure(fourth))
          .hasMessage("action s/a runs 1 calls at a time, and 2 wait; try again later");
      node.begin().succeed(Payload.of(1));
      assertThat(first).isCompleted();
      assertThat(node.handler.peek().payload().value()).isEqualTo(2);
      node.begin().fail(failed(Code.HANDLER_FAILED));
      assertThat(second).isCompletedExceptionally();
      node.begin().succeed(Payload.of(3));
      assertThat(third).isCompleted();
      assertThat(node.counts()).containsEntry("waited", 2L).containsEntry("refusedByBulkhead", 1L);
    }
  }

  @Test
  void whoGivesUpLeavesTheQueue() {
    try (var node = StagedNode.with(ONE_AND_TWO)) {
      var _ = node.request(1);
      var second = node.request(2);
      var _ = node.request(3);
      second.cancel(false);
      assertThat(node.request(4)).isNotDone();
      node.begin().succeed(Payload.of(1));
      assertThat(node.handler.peek().payload().value()).isEqualTo(3);
    }
  }

  @Test
  void whatWasCancelledBeforeItBeganGivesItsPlaceBack() {
    try (var node = StagedNode.with(ONE_AND_TWO)) {
      node.request(1).cancel(false);
      node.handler.clear();
      var _ = node.request(2);
      assertThat(node.handler).hasSize(1);
    }
  }

  @Test
  void whatWasCancelledWhileItRanKeepsItsPlaceToItsEnd() {
    try (var node = StagedNode.with(ONE_AND_TWO)) {
      var first = node.request(1);
      var call = node.begin();
      first.cancel(false);
      var _ = node.request(2);
      assertThat(node.handler).isEmpty();
      call.succeed(Payload.of("too late"));
      assertThat(node.handler).hasSize(1);
      assertThat(node.time.waiting()).isZero();
      assertThat(node.core.ledger().lateSettles()).isEqualTo(1);
    }
  }

  @Test
  void aHandlerThatNeverEndsDoesNotKeepItForGood() {
    try (var node = StagedNode.with(ONE_AND_TWO)) {
      var first = node.request(1);
      node.begin();
      first.cancel(false);
      var _ = node.request(2);
      node.time.pass(Duration.ofSeconds(30));
      assertThat(node.handler).hasSize(1);
    }
  }

  @Test
  void aQueueWhoseCallsAllFailAtOnceEndsWell() {
    var many = ActionOptions.builder().bulkhead(new Bulkhead(1, 20_000)).build();
    try (var node = StagedNode.with(many)) {
      var _ = node.request(0);
      var waiting = new ArrayList<CompletableFuture<Payload>>();
      for (int i = 0; i < 20_000; i++) {
        waiting.add(node.request(i));
      }
      node.answer = Delivery.CLOSED;
      node.begin().succeed(Payload.of(0));
      assertThat(waiting).allMatch(CompletableFuture::isCompletedExceptionally);
      node.answer = Delivery.QUEUED;
      var _ = node.request(1);
      assertThat(node.handler).hasSize(1);
    }
  }

  @Test
  void aHandlerThatIsGoneWithItsContextGivesItsPlaceBack() {
    try (var node = StagedNode.with(ONE_AND_TWO)) {
      var cancelled = node.request(1);
      var call = node.begin();
      cancelled.cancel(false);
      var gone = node.request(2);
      assertThat(node.handler).isEmpty();
      call.abandon(failed(Code.CONTEXT_GONE));
      assertThat(node.time.waiting()).isZero();
      node.begin().abandon(failed(Code.CONTEXT_GONE));
      assertThat(failure(gone).code()).isEqualTo(Code.CONTEXT_GONE);
      var _ = node.request(3);
      assertThat(node.handler).hasSize(1);
    }
  }

  @Test
  void aLongTimeoutOfACallerDoesNotKeepAPlaceForLong() {
    try (var node = StagedNode.with(ONE_AND_TWO)) {
      var first = node.request(1, RequestOptions.DEFAULT.withTimeout(Duration.ofDays(1)));
      node.begin();
      first.cancel(false);
      var _ = node.request(2);
      node.time.pass(Duration.ofSeconds(30));
      assertThat(node.handler).hasSize(1);
    }
  }

  @Test
  void anAttemptThatHasNotBegunKeepsNoPlaceForTheOneBefore() {
    var options =
        ONE_AND_TWO.toBuilder()
            .retry(new Retry(2, Duration.ofMillis(1), Duration.ofMillis(1), 0))
            .idempotent(true)
            .build();
    try (var node = StagedNode.with(options)) {
      var first = node.request(1);
      node.begin().fail(failed(Code.OVERLOADED));
      node.time.pass(Duration.ofMillis(1));
      assertThat(node.handler).hasSize(1);
      node.handler.clear();
      first.cancel(false);
      var _ = node.request(2);
      assertThat(node.handler).hasSize(1);
    }
  }
}
