package dev.runar.internal.script.module;

import org.jspecify.annotations.Nullable;

/** The line of source an error points at, with a caret below the column. Pure; any thread. */
final class CodeFrame {
  /** A longer line (minified code) is cut to a window of this many characters. */
  private static final int MAX_WIDTH = 120;

  private CodeFrame() {}

  /** The frame, without a final line break; empty if {@code source} has no such line. */
  static String of(String source, int line, int column) {
    String text = lineOf(source, line);
    if (text == null) {
      return "";
    }
    int caret = Math.clamp(column - 1L, 0, text.length());
    int from = text.length() <= MAX_WIDTH ? 0 : Math.max(0, caret - MAX_WIDTH / 2);
    String shown = text.substring(from, Math.min(text.length(), from + MAX_WIDTH));
    String number = "  " + line + " | ";
    String margin = " ".repeat(number.length() - 2) + "| ";
    return number + shown + "\n" + margin + indent(shown, caret - from) + "^";
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
  private static String indent(String text, int width) {
    var indent = new StringBuilder(width);
    for (int i = 0; i < width; i++) {
      indent.append(i < text.length() && text.charAt(i) == '\t' ? '\t' : ' ');
    }
    return indent.toString();
  }
}
