package dev.runar.cli.report;

import dev.runar.TestEvent;
import dev.runar.TestEvent.Directive;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The XML of JUnit that CI servers read: a suite for each file, its tests without nesting. */
public final class JunitReporter implements TestReporter {
  private final PrintWriter out;
  private final StringBuilder suites = new StringBuilder();
  private final StringBuilder cases = new StringBuilder();
  private final StringBuilder output = new StringBuilder();
  private final List<String> open = new ArrayList<>();
  private TestTotals totals = new TestTotals();
  private String file = "";
  private Duration took = Duration.ZERO;

  public JunitReporter(PrintWriter out) {
    this.out = out;
  }

  @Override
  public void file(String name) {
    endFile();
    file = name;
  }

  @Override
  public void event(TestEvent event) {
    switch (event) {
      case TestEvent.Began(int nesting, String name) -> open.add(name);
      case TestEvent.Ended ended -> ended(ended);
      case TestEvent.Printed(String text, boolean error) -> output.append(text).append('\n');
      case TestEvent.Noted(int nesting, String message) -> output.append(message).append('\n');
      case TestEvent.Planned planned -> {
        // The attributes count.
      }
      case TestEvent.Done done -> {
        // Told as a test of the file.
      }
    }
  }

  /** A suite is a case only if it failed by itself, as by a hook. */
  private void ended(TestEvent.Ended ended) {
    open.removeLast();
    boolean byItself =
        ended.failure().filter(failure -> !failure.kind().equals("subtestsFailed")).isPresent();
    if (ended.suite() && !byItself) {
      return;
    }
    totals.count(asTest(ended));
    if (ended.nesting() == 0) {
      took = took.plus(ended.took());
    }
    String inside = String.join(" > ", open.subList(0, ended.nesting()));
    cases
        .append("    <testcase")
        .append(attribute("name", ended.name()))
        .append(attribute("classname", inside.isEmpty() ? file : file + " > " + inside))
        .append(attribute("time", seconds(ended.took())));
    String content = directive(ended) + failure(ended);
    cases.append(content.isEmpty() ? "/>\n" : ">\n" + content + "    </testcase>\n");
  }

  private static TestEvent.Ended asTest(TestEvent.Ended ended) {
    return new TestEvent.Ended(
        ended.nesting(),
        ended.number(),
        ended.name(),
        ended.directive(),
        ended.reason(),
        false,
        ended.took(),
        ended.place(),
        ended.failure());
  }

  private static String directive(TestEvent.Ended ended) {
    if (ended.directive() == Directive.NONE) {
      return "";
    }
    String type = ended.directive().label().toLowerCase(Locale.ROOT);
    return "      <skipped" + attribute("message", (type + " " + ended.reason()).strip()) + "/>\n";
  }

  private static String failure(TestEvent.Ended ended) {
    if (!TestTotals.isFailure(ended)) {
      return "";
    }
    var failure = ended.failure().orElseThrow();
    return "      <failure"
        + attribute("type", failure.kind())
        + attribute("message", failure.message())
        + ">"
        + escaped(ended.place() + "\n" + String.join("\n", FailureText.of(failure, Ink.NONE)))
        + "</failure>\n";
  }

  private void endFile() {
    if (file.isEmpty()) {
      return;
    }
    var counts = totals.counts();
    int failures = counts.getOrDefault("fail", 0) + counts.getOrDefault("cancelled", 0);
    int skipped = counts.getOrDefault("skipped", 0) + counts.getOrDefault("todo", 0);
    suites
        .append("  <testsuite")
        .append(attribute("name", file))
        .append(attribute("tests", Integer.toString(counts.getOrDefault("tests", 0))))
        .append(attribute("failures", Integer.toString(failures)))
        .append(attribute("errors", "0"))
        .append(attribute("skipped", Integer.toString(skipped)))
        .append(attribute("time", seconds(took)))
        .append(">\n")
        .append(cases);
    if (!output.isEmpty()) {
      suites
          .append("    <system-out>")
          .append(escaped(output.toString()))
          .append("</system-out>\n");
    }
    suites.append("  </testsuite>\n");
    cases.setLength(0);
    output.setLength(0);
    totals = new TestTotals();
    took = Duration.ZERO;
  }

  @Override
  public void end(TestTotals all, Duration tookInAll) {
    endFile();
    out.print("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites");
    out.print(attribute("time", seconds(tookInAll)) + ">\n" + suites + "</testsuites>\n");
    out.flush();
  }

  private static String seconds(Duration duration) {
    return String.format(Locale.ROOT, "%.6f", duration.toNanos() / 1e9);
  }

  private static String attribute(String name, String value) {
    String oneLine = escaped(value).replace("\n", "&#10;").replace("\t", "&#9;");
    return " " + name + "=\"" + oneLine + "\"";
  }

  /** Characters that XML cannot hold become the one that stands for them. */
  private static String escaped(String text) {
    var out = new StringBuilder(text.length() + 16);
    text.codePoints()
        .forEach(
            c -> {
              switch (c) {
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '&' -> out.append("&amp;");
                case '"' -> out.append("&quot;");
                default -> out.appendCodePoint(isXml(c) ? c : 0xFFFD);
              }
            });
    return out.toString();
  }

  private static boolean isXml(int c) {
    return c == '\t'
        || c == '\n'
        || (c >= 0x20 && c <= 0xD7FF)
        || (c >= 0xE000 && c <= 0xFFFD)
        || c >= 0x10000;
  }
}
