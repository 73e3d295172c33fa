package dev.runar.bench;

import dev.runar.path.CancellationTimes;
import java.io.IOException;
import java.nio.file.Files;

/**
 * How long it takes from somebody's giving up until {@code ctx.signal} fires in the handler. Prints
 * p50, p99 and the longest in milliseconds for each way of giving up.
 */
public final class CancellationTime {
  private static final int WARM_UP = 100;
  private static final int RUNS = 200;

  private CancellationTime() {}

  /** No arguments. */
  public static void main(String... args) throws IOException {
    try (var times = new CancellationTimes(Files.createTempDirectory("runar-cancellation"))) {
      for (CancellationTimes.By by : CancellationTimes.By.values()) {
        times.millis(by, WARM_UP);
        double[] millis = times.millis(by, RUNS);
        System.out.printf(
            "%-13s p50 %.2f  p99 %.2f  longest %.2f%n",
            by, millis[RUNS / 2], millis[RUNS * 99 / 100], millis[RUNS - 1]);
      }
    }
  }
}
