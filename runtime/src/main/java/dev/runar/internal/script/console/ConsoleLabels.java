package dev.runar.internal.script.console;

import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;

/** The numbers that a console keeps by label: counts, or the times its timers started. */
final class ConsoleLabels {
  /** A new label beyond this is refused, and the script is warned. */
  static final int MAX_LABELS = 1_000;

  /** What became of a label. */
  enum Kept {
    KEPT,
    FULL
  }

  private final Map<String, Long> values = new HashMap<>();

  OptionalLong find(String label) {
    Long value = values.get(label);
    return value == null ? OptionalLong.empty() : OptionalLong.of(value);
  }

  Kept keep(String label, long value) {
    if (values.size() >= MAX_LABELS && !values.containsKey(label)) {
      return Kept.FULL;
    }
    values.put(label, value);
    return Kept.KEPT;
  }

  void forget(String label) {
    values.remove(label);
  }
}
