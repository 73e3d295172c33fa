package dev.runar.cli.report;

import dev.runar.TestEvent;
import dev.runar.TestEvent.Directive;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** Counts tests as Node.js does: each in one column, suites apart. One thread at a time. */
public final class TestTotals {
  private final Map<String, Integer> counts = new LinkedHashMap<>();
  private boolean failed;

  /** Nothing has been counted. */
  public TestTotals() {
    for (String name :
        new String[] {"tests", "suites", "pass", "fail", "cancelled", "skipped", "todo"}) {
      counts.put(name, 0);
    }
  }

  /** Counts a test or suite that is over. */
  public void count(TestEvent.Ended ended) {
    failed |= isFailure(ended);
    if (ended.suite()) {
      add("suites");
      return;
    }
    add("tests");
    add(column(ended));
  }

  /** Whether it makes the run fail. */
  static boolean isFailure(TestEvent.Ended ended) {
    return ended.failure().isPresent() && ended.directive() != Directive.TO_DO;
  }

  private static String column(TestEvent.Ended ended) {
    return switch (ended.directive()) {
      case SKIP -> "skipped";
      case TO_DO -> "todo";
      case NONE ->
          ended
              .failure()
              .map(failure -> failure.isCancelled() ? "cancelled" : "fail")
              .orElse("pass");
    };
  }

  private void add(String name) {
    counts.merge(name, 1, Integer::sum);
  }

  /** A test or suite that is not to be done has failed. */
  public boolean hasFailed() {
    return failed;
  }

  /** By the names and in the order of Node.js: tests, suites, pass and so on. */
  public Map<String, Integer> counts() {
    return Collections.unmodifiableMap(counts);
  }

  /** {@code before} and the name and number of each count. */
  String lines(String before) {
    var lines = new StringBuilder();
    counts.forEach(
        (name, count) -> lines.append(before).append(name).append(' ').append(count).append('\n'));
    return lines.toString();
  }
}
