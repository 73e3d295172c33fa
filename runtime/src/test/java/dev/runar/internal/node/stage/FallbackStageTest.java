package dev.runar.internal.node.stage;

import static dev.runar.internal.node.stage.StagedNode.failed;
import static dev.runar.internal.node.stage.StagedNode.failure;
import static dev.runar.internal.node.stage.StagedNode.ms;
import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.ActionOptions;
import dev.runar.ActionOptions.Retry;
import dev.runar.Payload;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class FallbackStageTest {
  @Test
  void itAnswersInPlaceOfAHandlerThatFailed() {
    try (var node = StagedNode.withFallback(ActionOptions.DEFAULT)) {
      var answer = node.request("in");
      node.begin().fail(failed(Code.HANDLER_FAILED));
      var call = node.fallback.remove();
      assertThat(call.payload().value()).isEqualTo("in");
      assertThat(call.failure().code()).isEqualTo(Code.HANDLER_FAILED);
      call.succeed(Payload.of("stand-in"));
      assertThat(answer.resultNow().value()).isEqualTo("stand-in");
      assertThat(node.counts()).containsEntry("fallbacks", 1L);
    }
  }

  @Test
  void itComesAfterTheLastAttempt() {
    var retried = ActionOptions.builder().retry(new Retry(2, ms(10), ms(10), 0)).build();
    try (var node = StagedNode.withFallback(retried)) {
      var _ = node.request("in");
      node.handler.remove().fail(failed(Code.OVERLOADED));
      assertThat(node.fallback).isEmpty();
      node.time.pass(ms(10));
      node.handler.remove().fail(failed(Code.OVERLOADED));
      assertThat(node.fallback).hasSize(1);
    }
  }

  @Test
  void anAnswerIsNotReplaced() {
    try (var node = StagedNode.withFallback(ActionOptions.DEFAULT)) {
      var answer = node.request("in");
      node.begin().fail(failed(Code.NOT_FOUND));
      assertThat(failure(answer).code()).isEqualTo(Code.NOT_FOUND);
      assertThat(node.fallback).isEmpty();
    }
  }

  @Test
  void ifItFailsTooTheFirstFailureIsToldWithTheSecond() {
    try (var node = StagedNode.withFallback(ActionOptions.DEFAULT)) {
      var answer = node.request("in");
      node.begin().fail(new RunarException(Code.HANDLER_FAILED, "first"));
      node.fallback.remove().fail(new RunarException(Code.HANDLER_FAILED, "second"));
      assertThat(failure(answer)).hasMessage("first");
      assertThat(failure(answer).getSuppressed())
          .singleElement()
          .satisfies(other -> assertThat(other).hasMessage("second"));
    }
  }

  @Test
  void nobodyStandsInForWhoHasGivenUp() {
    try (var node = StagedNode.withFallback(ActionOptions.DEFAULT)) {
      var answer = node.request("in");
      var call = node.begin();
      answer.cancel(false);
      call.fail(failed(Code.HANDLER_FAILED));
      assertThat(node.fallback).isEmpty();
    }
  }

  @Test
  void itAnswersForAHandlerThatIsGoneWithItsContext() {
    try (var node = StagedNode.withFallback(ActionOptions.DEFAULT)) {
      var answer = node.request(1);
      node.begin().abandon(failed(Code.CONTEXT_GONE));
      node.fallback.remove().succeed(Payload.of("instead"));
      assertThat(answer.resultNow().value()).isEqualTo("instead");

      var both = node.request(2);
      node.begin().fail(failed(Code.HANDLER_FAILED));
      node.fallback.remove().abandon(failed(Code.CONTEXT_GONE));
      assertThat(failure(both).code()).isEqualTo(Code.HANDLER_FAILED);
    }
  }
}
