package dev.runar.internal.script.console;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;

/** How {@code console.timeEnd} writes a duration. */
final class DurationText {
  private static final double SECOND = 1_000;
  private static final double MINUTE = 60 * SECOND;
  private static final double HOUR = 60 * MINUTE;

  private DurationText() {}

  static String of(long nanos) {
    double ms = nanos / 1e6;
    if (ms < SECOND) {
      return NumberText.of(rounded(ms).doubleValue()) + "ms";
    }
    if (ms < MINUTE) {
      return rounded(ms / SECOND) + "s";
    }
    long hours = (long) (ms / HOUR);
    long minutes = (long) (ms % HOUR / MINUTE);
    String seconds = String.format(Locale.ROOT, "%06.3f", rounded(ms % MINUTE / SECOND));
    return hours > 0
        ? String.format(Locale.ROOT, "%d:%02d:%s (h:mm:ss.mmm)", hours, minutes, seconds)
        : minutes + ":" + seconds + " (m:ss.mmm)";
  }

  private static BigDecimal rounded(double number) {
    return new BigDecimal(number).setScale(3, RoundingMode.HALF_UP);
  }
}
