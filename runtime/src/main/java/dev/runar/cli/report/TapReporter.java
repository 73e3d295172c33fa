package dev.runar.cli.report;

import dev.runar.TestEvent;
import dev.runar.TestEvent.Directive;
import dev.runar.TestEvent.Failure;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** TAP version 13 in the form of Node.js: subtests indented, details as YAML. */
public final class TapReporter implements TestReporter {
  private static final String STEP = "    ";

  private final PrintWriter out;
  private int top;

  public TapReporter(PrintWriter out) {
    this.out = out;
  }

  @Override
  public void begin() {
    print("TAP version 13\n");
  }

  @Override
  public void event(TestEvent event) {
    switch (event) {
      case TestEvent.Began(int nesting, String name) ->
          print(STEP.repeat(nesting) + "# Subtest: " + escaped(name) + "\n");
      case TestEvent.Ended ended -> ended(ended);
      case TestEvent.Planned(int nesting, int subtests) ->
          print(STEP.repeat(nesting) + "1.." + subtests + "\n");
      case TestEvent.Noted(int nesting, String message) -> comment(STEP.repeat(nesting), message);
      case TestEvent.Printed(String text, boolean error) -> comment("", text);
      case TestEvent.Done done -> {
        // Told as a test of the file.
      }
    }
  }

  private void comment(String indent, String text) {
    text.lines().forEach(line -> print(indent + "# " + escaped(line) + "\n"));
  }

  private void ended(TestEvent.Ended ended) {
    if (ended.nesting() == 0) {
      top++;
    }
    String indent = STEP.repeat(ended.nesting());
    print(
        indent
            + (ended.failure().isPresent() ? "not ok " : "ok ")
            + ended.number()
            + " - "
            + escaped(ended.name())
            + directive(ended)
            + "\n");
    details(indent + "  ", ended);
  }

  private static String directive(TestEvent.Ended ended) {
    if (ended.directive() == Directive.NONE) {
      return "";
    }
    String reason = ended.reason().isEmpty() ? "" : " " + escaped(ended.reason());
    return " # " + ended.directive().label() + reason;
  }

  private void details(String indent, TestEvent.Ended ended) {
    print(indent + "---\n");
    print(
        indent
            + "duration_ms: "
            + String.format(Locale.ROOT, "%.6f", ended.took().toNanos() / 1e6)
            + "\n");
    if (ended.suite()) {
      print(indent + "type: 'suite'\n");
    }
    ended.failure().ifPresent(failure -> failure(indent, ended.place(), failure));
    print(indent + "...\n");
  }

  private void failure(String indent, String place, Failure failure) {
    entry(indent, "location", place);
    entry(indent, "failureType", failure.kind());
    entry(indent, "error", failure.message());
    entry(indent, "code", failure.code().isEmpty() ? "ERR_TEST_FAILURE" : failure.code());
    entry(indent, "name", failure.name().equals("Error") ? "" : failure.name());
    failure
        .difference()
        .ifPresent(
            sides -> {
              entry(indent, "expected", sides.expected());
              entry(indent, "actual", sides.actual());
              entry(indent, "operator", sides.operator());
            });
    List<String> stack =
        failure.stack().stream().map(line -> line.replaceFirst("^at ", "")).toList();
    if (!stack.isEmpty()) {
      block(indent, "stack", String.join("\n", stack));
    }
    if (!failure.causes().isEmpty()) {
      block(indent, "cause", String.join("\n", failure.causes()));
    }
  }

  private void entry(String indent, String key, String value) {
    if (value.contains("\n")) {
      block(indent, key, value);
    } else if (!value.isEmpty()) {
      print(indent + key + ": '" + value.replace("'", "''") + "'\n");
    }
  }

  private void block(String indent, String key, String value) {
    print(indent + key + ": |-\n");
    value.lines().forEach(line -> print(indent + "  " + line + "\n"));
  }

  private static String escaped(String text) {
    return text.replace("\\", "\\\\")
        .replace("#", "\\#")
        .replace("\n", "\\n")
        .replace("\r", "\\r")
        .replace("\t", "\\t")
        .replace("\b", "\\b")
        .replace("\f", "\\f");
  }

  @Override
  public void end(TestTotals totals, Duration took) {
    print("1.." + top + "\n" + totals.lines("# "));
    print(String.format(Locale.ROOT, "# duration_ms %.6f%n", took.toNanos() / 1e6));
    out.flush();
  }

  private void print(String text) {
    out.print(text);
    out.flush();
  }
}
