package dev.runar.cli.report;

import dev.runar.TestEvent;
import dev.runar.TestEvent.Directive;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A tree of names for people, each failure in full where it happened, all named at the end. */
public final class SpecReporter implements TestReporter {
  /** More are counted, not named again. */
  private static final int MAX_NAMED = 1_000;

  private final PrintWriter out;
  private final Ink ink;

  /** Tests whose subtests may follow, as names from the top down; shown when the first one does. */
  private final List<String> open = new ArrayList<>();

  private int shown;
  private final List<String> failed = new ArrayList<>();

  public SpecReporter(PrintWriter out, Ink ink) {
    this.out = out;
    this.ink = ink;
  }

  @Override
  public void event(TestEvent event) {
    switch (event) {
      case TestEvent.Began(int nesting, String name) -> open.add(name);
      case TestEvent.Ended ended -> ended(ended);
      case TestEvent.Noted(int nesting, String message) ->
          message.lines().forEach(line -> line(nesting, ink.blue("ℹ " + line)));
      case TestEvent.Printed(String text, boolean error) -> line(0, text);
      case TestEvent.Planned planned -> {
        // Nobody counts along.
      }
      case TestEvent.Done done -> {
        // Told as a test of the file.
      }
    }
  }

  private void ended(TestEvent.Ended ended) {
    boolean hadSubtests = shown > ended.nesting();
    for (int i = shown; i < ended.nesting(); i++) {
      line(i, "▶ " + oneLine(open.get(i)));
    }
    open.removeLast();
    shown = ended.nesting();
    String took = String.format(Locale.ROOT, " (%.1fms)", ended.took().toNanos() / 1e6);
    line(ended.nesting(), mark(ended) + ink.gray(took) + directive(ended));
    boolean isOwn = ended.failure().filter(f -> !f.kind().equals("subtestsFailed")).isPresent();
    if (isOwn) {
      FailureText.of(ended.failure().orElseThrow(), ink)
          .forEach(text -> line(ended.nesting() + 1, text));
      line(0, "");
    } else if (hadSubtests && ended.nesting() == 0) {
      out.flush();
    }
    if (isOwn && TestTotals.isFailure(ended) && failed.size() < MAX_NAMED) {
      failed.add(path(ended) + (ended.place().isEmpty() ? "" : "  " + ended.place()));
    }
  }

  private String path(TestEvent.Ended ended) {
    var names = new ArrayList<>(open.subList(0, ended.nesting()));
    names.add(ended.name());
    return oneLine(String.join(" > ", names));
  }

  private String mark(TestEvent.Ended ended) {
    String name = oneLine(ended.name());
    if (ended.directive() == Directive.SKIP) {
      return ink.gray("﹣ " + name);
    }
    return ended.failure().isPresent() ? ink.red("✖ " + name) : ink.green("✔ " + name);
  }

  private static String directive(TestEvent.Ended ended) {
    if (ended.directive() == Directive.NONE) {
      return "";
    }
    return " # " + (ended.reason().isEmpty() ? ended.directive().label() : ended.reason());
  }

  private static String oneLine(String name) {
    return name.replace('\n', ' ');
  }

  @Override
  public void end(TestTotals totals, Duration took) {
    out.print(ink.blue(totals.lines("ℹ ").stripTrailing()) + "\n");
    line(0, ink.blue(String.format(Locale.ROOT, "ℹ duration_ms %.0f", took.toNanos() / 1e6)));
    if (!failed.isEmpty()) {
      line(0, "\n" + ink.red("✖ failing tests:"));
      failed.forEach(name -> line(1, name));
    }
    out.flush();
  }

  private void line(int nesting, String text) {
    out.print(("  ".repeat(nesting) + text).stripTrailing() + "\n");
    out.flush();
  }
}
