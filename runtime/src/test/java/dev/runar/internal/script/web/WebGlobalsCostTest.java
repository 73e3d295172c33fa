package dev.runar.internal.script.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the globals cost a context that uses none of them, in the interpreter. */
@Timeout(60)
class WebGlobalsCostTest {
  @Test
  void aContextWithAllGlobalsCostsAtMostTenMillisecondsMoreThanABareOne() {
    WebGlobalsCost cost = WebGlobalsCost.measure();
    System.out.println(cost);
    assertThat(cost.more()).isLessThanOrEqualTo(Duration.ofMillis(10));
  }
}
