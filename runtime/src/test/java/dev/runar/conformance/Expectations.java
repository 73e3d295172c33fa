package dev.runar.conformance;

import dev.runar.conformance.WebPlatformTests.Outcome;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The lines of {@code expectations.txt}: what fails, and why. One thread.
 *
 * <p>A line is {@code file | test | reason}; the last star in the test stands for any text, and
 * {@code skip} in its place leaves the file out.
 */
final class Expectations {
  private final List<Line> lines;
  private final Set<Line> met = new HashSet<>();

  private record Line(String file, String test, String reason) {
    boolean covers(String name) {
      int star = test.lastIndexOf('*');
      return star < 0
          ? name.equals(test)
          : name.length() >= test.length() - 1
              && name.startsWith(test.substring(0, star))
              && name.endsWith(test.substring(star + 1));
    }
  }

  private Expectations(List<Line> lines) {
    this.lines = lines;
  }

  static Expectations read() throws IOException {
    try (InputStream in = Expectations.class.getResourceAsStream("expectations.txt")) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return new Expectations(
          text.lines()
              .filter(line -> !line.isBlank() && !line.startsWith("#"))
              .map(Expectations::line)
              .toList());
    }
  }

  private static Line line(String text) {
    String[] cells = text.split(" \\| ");
    if (cells.length != 3) {
      throw new IllegalArgumentException("not three cells: " + text);
    }
    return new Line(cells[0], cells[1], cells[2]);
  }

  boolean skips(String file) {
    return lines.stream().anyMatch(line -> line.file.equals(file) && line.test.equals("skip"));
  }

  /** Failures that no line tells of. */
  List<String> unexpected(String file, List<Outcome> outcomes) {
    var unexpected = new ArrayList<String>();
    for (Outcome outcome : outcomes) {
      if (outcome.passed()) {
        continue;
      }
      String name = outcome.test().replaceAll("\\s+", " ").replace(" | ", " / ");
      List<Line> told =
          lines.stream().filter(line -> line.file.equals(file) && line.covers(name)).toList();
      met.addAll(told);
      if (told.isEmpty()) {
        unexpected.add(file + " | " + name + " | " + outcome.message());
      }
    }
    return unexpected;
  }

  /** Lines for these files that nothing failed for: what they tell of passes now. */
  List<String> unmet(String glob) {
    PathMatcher files = FileSystems.getDefault().getPathMatcher("glob:" + glob);
    return lines.stream()
        .filter(line -> files.matches(Path.of(line.file)))
        .filter(line -> !line.test.equals("skip") && !met.contains(line))
        .map(line -> "passes now: " + line.file + " | " + line.test)
        .toList();
  }
}
