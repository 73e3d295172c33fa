package dev.runar.cli.report;

import dev.runar.TestEvent;
import java.time.Duration;

/**
 * Writes what tests did. The events of one file come together and in order, those of the next file
 * after them; tests at the top are numbered through all files. One thread at a time.
 */
public interface TestReporter {
  /** Before the first event. */
  default void begin() {}

  /** The events of this file follow. */
  default void file(String name) {}

  void event(TestEvent event);

  /** Nothing follows. */
  void end(TestTotals totals, Duration took);
}
