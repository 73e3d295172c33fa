package dev.runar.internal.script.module;

import org.jspecify.annotations.Nullable;

/**
 * The lines of source around the place that an error points at, with a caret below the column.
 * Pure; any thread.
 */
final class CodeFrame {
  /** A longer line (minified code) is cut to a window of this many characters. */
  private static final int MAX_WIDTH = 120;

  /** Lines shown before and after. */
  private static final int AROUND = 2;

  private CodeFrame() {}

  /** The frame, without a final line break; empty if {@code source} has no such line. */
  static String of(String source, int line, int column) {
    String marked = lineOf(source, line);
    if (marked == null) {
      return "";
    }
    int caret = Math.clamp(column - 1L, 0, marked.length());
    int from = marked.length() <= MAX_WIDTH ? 0 : Math.max(0, caret - MAX_WIDTH / 2);
    int around = from == 0 ? AROUND : 0; // beside a window into a line others make no sense
    int width = Integer.toString(line + around).length();
    var frame = new StringBuilder();
    for (int number = Math.max(1, line - around); number <= line + around; number++) {
      String text = lineOf(source, number);
      if (text == null || isOnlyMargin(text, number, line, source)) {
        continue;
      }
      frame.append(frame.isEmpty() ? "" : "\n").append(number == line ? "> " : "  ");
      frame.append(" ".repeat(width - Integer.toString(number).length())).append(number);
      frame.append((" | " + window(text, from)).stripTrailing());
      if (number == line) {
        String margin = " ".repeat(2 + width) + " | ";
        frame.append('\n').append(margin).append(indent(window(text, from), caret, from));
      }
    }
    return frame.toString();
  }

  /** The empty line after the last line break is none. */
  private static boolean isOnlyMargin(String text, int number, int line, String source) {
    return text.isEmpty() && number > line && lineOf(source, number + 1) == null;
  }

  /** What of a line is shown; control characters would move the cursor. */
  private static String window(String text, int from) {
    if (from >= text.length()) {
      return "";
    }
    int to = Math.min(text.length(), from + MAX_WIDTH);
    var shown = new StringBuilder(to - from + 2).append(from == 0 ? "" : "…");
    for (int i = from; i < to; i++) {
      char c = text.charAt(i);
      shown.append(Character.isISOControl(c) && c != '\t' ? '\uFFFD' : c);
    }
    return shown.append(to == text.length() ? "" : "…").toString();
  }

  /** A line without its end, or null if there are not so many. */
  static @Nullable String lineOf(String source, int line) {
    int from = 0;
    for (int i = 1; i < line; i++) {
      int end = source.indexOf('\n', from);
      if (end < 0) {
        return null;
      }
      from = end + 1;
    }
    int end = source.indexOf('\n', from);
    return line < 1
        ? null
        : source.substring(from, end < 0 ? source.length() : end).stripTrailing();
  }

  /** Tabs stay tabs, so that the caret is below its character whatever the width of a tab. */
  private static String indent(String shown, int caret, int from) {
    int width = caret - from + (from == 0 ? 0 : 1);
    var indent = new StringBuilder(width + 1);
    for (int i = 0; i < width; i++) {
      indent.append(i < shown.length() && shown.charAt(i) == '\t' ? '\t' : ' ');
    }
    return indent.append('^').toString();
  }
}
