package dev.runar.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SuggestionsTest {
  @Test
  void countsEdits() {
    assertThat(Suggestions.distance("", "abc")).isEqualTo(3);
    assertThat(Suggestions.distance("call", "call")).isZero();
    assertThat(Suggestions.distance("cal", "call")).isEqualTo(1);
    assertThat(Suggestions.distance("clal", "call")).isEqualTo(1);
    assertThat(Suggestions.distance("Tail", "tail")).isZero();
    assertThat(Suggestions.distance("kitten", "sitting")).isEqualTo(3);
  }

  @Test
  void suggestsTheClosestOrNothing() {
    List<String> actions = List.of("math/add", "math/divide");

    assertThat(Suggestions.closest("math/ad", actions)).contains("math/add");
    assertThat(Suggestions.closest("maht/divde", actions)).contains("math/divide");
    assertThat(Suggestions.closest("weather/today", actions)).isEmpty();
    assertThat(Suggestions.closest("x", List.of())).isEmpty();
  }
}
