package dev.runar;

import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * Makes the scripts of a node test files: what they give to {@code node:test} is run and told. One
 * node runs one file, {@link Node#addScript} begins it, and {@link TestEvent.Done} is its end.
 *
 * @param names only tests whose name one of these finds are run; empty: all
 * @param only whether only what is marked with {@code only} is run
 * @param timeout what a test may take that says nothing itself; zero: any time
 * @param listener is told everything, in order, on the thread of the script: it must not block
 */
public record TestPlan(
    List<Pattern> names, boolean only, Duration timeout, Consumer<TestEvent> listener) {
  /** Copies the list. */
  public TestPlan {
    names = List.copyOf(names);
    if (timeout.isNegative()) {
      throw Limits.Ranges.outside("timeout", "0 or more", timeout.toMillis());
    }
  }
}
