package dev.runar.conformance;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The lines of {@code globals.txt}: what there is of the web, and where it deviates. */
public final class WebNames {
  private final List<Line> lines;

  private record Line(String group, String name, String status, String here, String impact) {}

  private WebNames(List<Line> lines) {
    this.lines = lines;
  }

  public static WebNames read() {
    try (InputStream in = WebNames.class.getResourceAsStream("globals.txt")) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return new WebNames(
          text.lines()
              .filter(line -> !line.isBlank() && !line.startsWith("#"))
              .map(WebNames::line)
              .toList());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Line line(String text) {
    String[] cells = text.split(" \\| ");
    String status = cells.length < 3 ? "" : cells[2];
    boolean known =
        status.equals("whole")
            ? cells.length == 3
            : List.of("deviates", "refuses").contains(status) && cells.length == 5;
    if (!known) {
      throw new IllegalArgumentException("not a line of globals: " + text);
    }
    return cells.length == 3
        ? new Line(cells[0], cells[1], status, "", "")
        : new Line(cells[0], cells[1], status, cells[3], cells[4]);
  }

  public Set<String> names() {
    var names = new LinkedHashSet<String>();
    lines.forEach(line -> names.add(line.name));
    return names;
  }

  /** Groups and their names, as a table of Markdown. */
  public String table() {
    Map<String, Set<String>> groups = new LinkedHashMap<>();
    lines.forEach(
        line ->
            groups
                .computeIfAbsent(line.group, group -> new LinkedHashSet<>())
                .add("`" + line.name + "`"));
    var table = new StringBuilder("| Group | Names |\n|---|---|\n");
    groups.forEach(
        (group, names) -> table.append("| " + group + " | " + String.join(" ", names) + " |\n"));
    return table.toString();
  }

  /** What deviates, as a table of Markdown. */
  public String deviations() {
    var table = new StringBuilder("| Name | Here | What it means |\n|---|---|---|\n");
    for (Line line : lines) {
      if (!line.status.equals("whole")) {
        table.append("| `" + line.name + "` | " + line.here + " | " + line.impact + " |\n");
      }
    }
    return table.toString();
  }
}
