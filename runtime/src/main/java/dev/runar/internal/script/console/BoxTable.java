package dev.runar.internal.script.console;

import java.util.List;

/** Draws a table with lines around its cells. */
final class BoxTable {
  private BoxTable() {}

  /** Draws until the text is longer than any message may be. */
  static String draw(List<String> head, List<List<String>> rows) {
    int[] widths = new int[head.size()];
    widen(widths, head);
    rows.forEach(row -> widen(widths, row));
    var out = new StringBuilder();
    rule(widths, "┌┬┐", out);
    row(head, widths, out);
    rule(widths, "├┼┤", out);
    for (List<String> row : rows) {
      if (out.length() > OutputBudget.MAX_CHARACTERS) {
        break;
      }
      row(row, widths, out);
    }
    rule(widths, "└┴┘", out);
    return out.substring(0, out.length() - 1);
  }

  private static void widen(int[] widths, List<String> row) {
    for (int i = 0; i < widths.length; i++) {
      widths[i] = Math.max(widths[i], TextWidth.withoutSequences(row.get(i)));
    }
  }

  private static void rule(int[] widths, String corners, StringBuilder out) {
    for (int i = 0; i < widths.length; i++) {
      out.append(corners.charAt(i == 0 ? 0 : 1)).repeat("─", widths[i] + 2);
    }
    out.append(corners.charAt(2)).append('\n');
  }

  private static void row(List<String> cells, int[] widths, StringBuilder out) {
    for (int i = 0; i < widths.length; i++) {
      int padding = widths[i] - TextWidth.withoutSequences(cells.get(i));
      out.append("│ ").append(cells.get(i)).repeat(" ", padding + 1);
    }
    out.append("│\n");
  }
}
