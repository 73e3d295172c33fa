package dev.runar.internal.node.stage;

import static dev.runar.internal.node.stage.StagedNode.failure;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.runar.ActionOptions;
import dev.runar.Payload;
import dev.runar.RunarException.Code;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class SchemaChecksTest {
  private static final Payload POINT =
      Payload.json(
          """
          {"type":"object","properties":{"x":{"type":"number"},"y":{"type":"number"}},
           "required":["x","y"]}
          """);

  @Test
  void inputThatDoesNotFitRunsNothing() {
    try (var node = StagedNode.with(ActionOptions.builder().input(POINT).build())) {
      var answer = node.request(Map.of("x", "1"));
      assertThat(node.handler).isEmpty();
      assertThat(failure(answer).code()).isEqualTo(Code.INVALID_INPUT);
      assertThat(failure(answer))
          .hasMessageStartingWith("the input of action s/a does not fit: ")
          .hasMessageContaining("x: string found, number expected")
          .hasMessageContaining("y: required property 'y' not found");
      assertThat(failure(answer).data().orElseThrow().asMap().get("issues").toString())
          .contains("keyword=type", "path=x", "keyword=required", "path=y");
      assertThat(node.counts()).containsEntry("invalidInput", 1L);
    }
  }

  @Test
  void aPatternThatTakesTooLongIsToldAndCountedAndTheNextCallIsServed() {
    Payload pattern = Payload.json("{\"properties\":{\"name\":{\"pattern\":\"(.*a){12}c\"}}}");
    try (var node = StagedNode.with(ActionOptions.builder().input(pattern).build())) {
      var answer = node.request(Map.of("name", "a".repeat(50) + "b"));
      assertThat(failure(answer).code()).isEqualTo(Code.INVALID_INPUT);
      assertThat(failure(answer))
          .hasMessage(
              "the input of action s/a does not fit: name: takes too long to match a pattern");
      assertThat(node.counts())
          .containsEntry("invalidInput", 1L)
          .containsEntry("patternsGivenUp", 1L);
      var _ = node.request(Map.of("name", "a".repeat(12) + "c"));
      assertThat(node.handler).hasSize(1);
    }
  }

  @Test
  void aHandlerGetsTheInputByItsNames() {
    try (var node = StagedNode.with(ActionOptions.builder().input(POINT).build())) {
      var _ = node.request(List.of(1, 2));
      assertThat(node.handler.peek().payload().asMap()).containsEntry("x", 1).containsEntry("y", 2);
      var tooMany = node.request(List.of(1, 2, 3));
      assertThat(failure(tooMany)).hasMessageContaining("array found, object expected");
    }
  }

  @Test
  void aResultThatDoesNotFitIsAFailureOfTheHandler() {
    try (var node = StagedNode.with(ActionOptions.builder().output(POINT).build())) {
      var answer = node.request(null);
      node.begin().succeed(Payload.object("x", 1));
      assertThat(failure(answer).code()).isEqualTo(Code.HANDLER_FAILED);
      assertThat(failure(answer))
          .hasMessage("the result of action s/a does not fit: y: required property 'y' not found");
      assertThat(node.counts()).containsEntry("invalidOutput", 1L);
      var fits = node.request(null);
      node.begin().succeed(Payload.object("x", 1, "y", 2));
      assertThat(fits).isCompleted();
    }
  }

  @Test
  void aSchemaThatIsNoneIsRefusedWithItsPlace() {
    var wrong = ActionOptions.builder().output(Payload.json("{\"type\":\"numbr\"}")).build();
    assertThatThrownBy(() -> StagedNode.with(wrong))
        .hasMessageContaining("service s: action a: output is not a JSON Schema: type: ");
  }
}
