package dev.runar.path;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The promise of 50 ms, as the median of some, and the best of three tries: the machine of a test
 * is also busy with others. docs/performance.md has the numbers of a quiet one.
 */
@Timeout(120)
class CancellationTimesTest {
  private static final double PROMISED_MS = 50;
  private static final int TIMES = 15;

  @TempDir Path folder;

  @Test
  void aHandlerHearsWithin50MsThatNobodyWaits() {
    var medians = new EnumMap<CancellationTimes.By, Double>(CancellationTimes.By.class);
    try (var times = new CancellationTimes(folder)) {
      for (int i = 0; i < 3 && (i == 0 || worst(medians) > PROMISED_MS); i++) {
        for (CancellationTimes.By by : CancellationTimes.By.values()) {
          medians.merge(by, times.millis(by, TIMES)[TIMES / 2], Math::min);
        }
      }
    }
    assertThat(Arrays.asList(CancellationTimes.By.values())).allMatch(medians::containsKey);
    assertThat(worst(medians)).as(medians.toString()).isLessThanOrEqualTo(PROMISED_MS);
  }

  private static double worst(Map<CancellationTimes.By, Double> medians) {
    return medians.values().stream().mapToDouble(Double::doubleValue).max().orElse(0);
  }
}
