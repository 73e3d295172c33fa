package dev.runar.internal.script;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.runar.RunarException;
import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(10)
class ContextPoolTest {
  private final ContextPool pool = new ContextPool(5, 2);

  @Test
  void takesAllOrNone() {
    pool.take(3, "a");
    assertThatThrownBy(() -> pool.take(3, "b"))
        .isInstanceOf(RunarException.class)
        .hasMessage("b needs 3 script contexts, and the node has room for 2 of limits.contexts 5");
    pool.take(2, "c");
    pool.giveBack(3);
    pool.take(3, "b");
    assertThat(pool.taken()).isEqualTo(5);
  }

  @Test
  void twoBeginAtATimeAndTheOthersWait() {
    var begun = new ArrayList<CompletableFuture<String>>();
    var results = new ArrayList<CompletableFuture<String>>();
    for (int i = 0; i < 4; i++) {
      results.add(
          pool.begin(
              () -> {
                begun.add(new CompletableFuture<>());
                return begun.getLast();
              }));
    }
    assertThat(begun).hasSize(2);
    begun.get(0).complete("a");
    assertThat(begun).hasSize(3);
    begun.get(1).completeExceptionally(new IllegalStateException("b"));
    assertThat(begun).hasSize(4);
    begun.get(2).complete("c");
    begun.get(3).complete("d");
    assertThat(results.get(0)).isCompletedWithValue("a");
    assertThat(results.get(1)).isCompletedExceptionally();
    assertThat(results.get(3)).isCompletedWithValue("d");
  }

  @Test
  void oneThatCannotEvenBeginGivesItsTurnBack() {
    for (int i = 0; i < 3; i++) {
      assertThat(
              pool.begin(
                  () -> {
                    throw new IllegalStateException("no");
                  }))
          .isCompletedExceptionally();
    }
    assertThat(pool.begin(() -> CompletableFuture.completedFuture(1))).isCompletedWithValue(1);
  }
}
