package dev.runar.internal.script.console;

import java.util.ArrayList;
import java.util.List;

/** Puts the printed entries of one value together: on one line, in columns, or a line each. */
final class Layout {
  /** Entries are joined to one line only when they hold fewer levels than this. */
  private static final int COMPACT_LEVELS = 3;

  private static final int MIN_ENTRIES_FOR_COLUMNS = 7;
  private static final int MAX_COLUMNS = 15;
  private static final int SEPARATOR = 2; // ", "
  private static final double CHARACTER_HEIGHT = 2.5; // in widths

  private final int lineWidth;

  Layout(int lineWidth) {
    this.lineWidth = lineWidth;
  }

  /**
   * What stands around the entries.
   *
   * @param base text before the opening brace, or empty
   * @param indentation columns in front of the value
   * @param levelsInside how many levels the deepest entry has
   */
  record Frame(String base, String open, String close, int indentation, int levelsInside) {}

  /** How the entries of a list stand in columns. */
  enum Columns {
    NONE,
    LEFT,
    RIGHT
  }

  /** Puts the entries into the frame; {@code note} says whether the last one is a note of more. */
  String join(Frame frame, List<String> entries, Columns columns, boolean note) {
    List<String> lines = entries;
    if (columns != Columns.NONE && entries.size() >= MIN_ENTRIES_FOR_COLUMNS) {
      lines = group(entries, frame.indentation(), columns, note);
    }
    String base = frame.base().isEmpty() ? "" : frame.base() + " ";
    if (frame.levelsInside() < COMPACT_LEVELS && lines.size() == entries.size()) {
      int start =
          lines.size() + frame.indentation() + frame.open().length() + frame.base().length() + 10;
      if (fitsOneLine(lines, start) && frame.base().indexOf('\n') < 0) {
        String joined = String.join(", ", lines);
        if (joined.indexOf('\n') < 0) {
          return base + frame.open() + " " + joined + " " + frame.close();
        }
      }
    }
    String line = "\n" + " ".repeat(frame.indentation());
    return base
        + frame.open()
        + line
        + "  "
        + String.join("," + line + "  ", lines)
        + line
        + frame.close();
  }

  private boolean fitsOneLine(List<String> entries, int start) {
    long total = (long) entries.size() + start;
    if (total + entries.size() > lineWidth) {
      return false;
    }
    for (String entry : entries) {
      total += entry.length();
    }
    return total <= lineWidth;
  }

  private List<String> group(List<String> entries, int indentation, Columns columns, boolean note) {
    int count = note ? entries.size() - 1 : entries.size();
    int[] widths = new int[count];
    int total = 0;
    int longest = 0;
    for (int i = 0; i < count; i++) {
      widths[i] = TextWidth.of(entries.get(i));
      total += widths[i] + SEPARATOR;
      longest = Math.max(longest, widths[i]);
    }
    int cell = longest + SEPARATOR;
    boolean evenlyLong = (double) total / cell > 5 || longest <= 6;
    if (cell * 3L + indentation >= lineWidth || !evenlyLong) {
      return entries;
    }
    int perLine = columns(entries.size(), count, total, cell, indentation);
    if (perLine <= 1) {
      return entries;
    }
    List<String> lines = lines(entries, widths, perLine, columns);
    if (note) {
      lines.add(entries.getLast());
    }
    return lines;
  }

  /** Aims at a square, given that a character is about 2.5 times as high as wide. */
  private int columns(int entries, int count, int total, int cell, int indentation) {
    double bias = Math.sqrt(cell - (double) total / entries);
    double biased = Math.max(cell - 3 - bias, 1);
    long square = Math.round(Math.sqrt(CHARACTER_HEIGHT * biased * count) / biased);
    int fitting = (lineWidth - indentation) / cell;
    return (int) Math.min(Math.min(square, fitting), Math.min(COMPACT_LEVELS * 4, MAX_COLUMNS));
  }

  private static List<String> lines(
      List<String> entries, int[] widths, int perLine, Columns columns) {
    int[] columnWidths = new int[perLine];
    for (int i = 0; i < widths.length; i++) {
      columnWidths[i % perLine] = Math.max(columnWidths[i % perLine], widths[i]);
    }
    var lines = new ArrayList<String>();
    for (int first = 0; first < widths.length; first += perLine) {
      int end = Math.min(first + perLine, widths.length);
      var line = new StringBuilder();
      for (int i = first; i < end; i++) {
        boolean last = i == end - 1;
        String padding = " ".repeat(columnWidths[i - first] - widths[i]);
        if (columns == Columns.RIGHT) {
          line.append(padding).append(entries.get(i)).append(last ? "" : ", ");
        } else {
          line.append(entries.get(i)).append(last ? "" : ", " + padding);
        }
      }
      lines.add(line.toString());
    }
    return lines;
  }
}
