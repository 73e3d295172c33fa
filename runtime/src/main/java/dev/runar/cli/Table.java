package dev.runar.cli;

import java.util.ArrayList;
import java.util.List;

/** Rows of cells as lines: every column but the last is as wide as its longest cell. */
final class Table {
  private final List<List<String>> rows = new ArrayList<>();

  Table(String... heads) {
    rows.add(List.of(heads));
  }

  void row(List<String> cells) {
    rows.add(cells);
  }

  List<String> lines() {
    int last = rows.getFirst().size() - 1;
    var lines = new ArrayList<String>();
    for (List<String> row : rows) {
      var line = new StringBuilder();
      for (int column = 0; column < last; column++) {
        int at = column;
        int width = rows.stream().mapToInt(other -> other.get(at).length()).max().orElse(0);
        String cell = row.get(column);
        line.append(cell).append(" ".repeat(width - cell.length() + 2));
      }
      lines.add(line.append(row.get(last)).toString().stripTrailing());
    }
    return lines;
  }
}
