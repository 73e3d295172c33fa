package dev.runar;

import java.time.Duration;

/**
 * Says what a configured value may be. Stateless. Apart from the records, which make each other's
 * defaults.
 */
final class ConfigRanges {
  private ConfigRanges() {}

  static void positive(String key, Duration value) {
    if (!value.isPositive()) {
      throw outside(key, "more than 0 ms", value.toMillis());
    }
  }

  static void within(String key, long most, long value) {
    if (value < 1 || value > most) {
      throw outside(key, "1 to " + most, value);
    }
  }

  static IllegalArgumentException outside(String key, String range, Object value) {
    return new IllegalArgumentException(key + " must be " + range + ", it is " + value);
  }
}
