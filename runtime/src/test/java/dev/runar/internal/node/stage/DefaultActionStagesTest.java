package dev.runar.internal.node.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.runar.ActionOptions;
import dev.runar.ActionOptions.Cache;
import dev.runar.ActionOptions.Retry;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class DefaultActionStagesTest {
  private static final Retry TWICE = new Retry(2, StagedNode.ms(1), StagedNode.ms(1), 0);
  private static final Cache CACHE =
      new Cache(StagedNode.ms(1), 10, List.of(), List.of(), List.of());

  private static void refuses(Runnable definition, String why) {
    assertThatThrownBy(definition::run)
        .rootCause()
        .isInstanceOfSatisfying(
            RunarException.class, e -> assertThat(e.code()).isEqualTo(Code.INVALID_INPUT))
        .hasMessageContaining("service s: action a: " + why);
  }

  @Test
  void whatIsReadOnceIsNeitherCachedNorRetried() {
    var takes = ActionOptions.builder().takesStream(true);
    refuses(() -> StagedNode.with(takes.retry(TWICE).build()), "takesStream goes with neither");
    refuses(
        () -> StagedNode.with(ActionOptions.builder().takesStream(true).cache(CACHE).build()),
        "takesStream goes with neither");
  }

  @Test
  void aStreamIsNotRepeated() {
    refuses(
        () -> StagedNode.with(ActionOptions.builder().stream(true).retry(TWICE).build()),
        "a stream is not cached");
  }
}
