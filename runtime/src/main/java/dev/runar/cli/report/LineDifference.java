package dev.runar.cli.report;

import java.util.ArrayList;
import java.util.List;

/** What makes two texts differ, line by line. Pure; any thread. */
final class LineDifference {
  /** Longer texts are compared up to here. */
  private static final int MAX_LINES = 1_000;

  /** Lines that are the same around one that is not; the rest is left out. */
  private static final int CONTEXT = 5;

  private LineDifference() {}

  /** Lines that begin with {@code +} for actual, {@code -} for expected, or a blank for both. */
  static List<String> of(String actual, String expected) {
    List<String> a = actual.lines().limit(MAX_LINES).toList();
    List<String> e = expected.lines().limit(MAX_LINES).toList();
    return shortened(merged(a, e, commonAfter(a, e)));
  }

  /** The length of the longest common subsequence from each pair of lines on. */
  private static int[][] commonAfter(List<String> a, List<String> e) {
    var common = new int[a.size() + 1][e.size() + 1];
    for (int i = a.size() - 1; i >= 0; i--) {
      for (int j = e.size() - 1; j >= 0; j--) {
        common[i][j] =
            isSame(a.get(i), e.get(j))
                ? common[i + 1][j + 1] + 1
                : Math.max(common[i + 1][j], common[i][j + 1]);
      }
    }
    return common;
  }

  /** A comma that only says that more follows makes no difference. */
  private static boolean isSame(String a, String b) {
    return withoutComma(a).equals(withoutComma(b));
  }

  private static String withoutComma(String line) {
    return line.endsWith(",") ? line.substring(0, line.length() - 1) : line;
  }

  private static List<String> merged(List<String> a, List<String> e, int[][] common) {
    var lines = new ArrayList<String>();
    int i = 0;
    int j = 0;
    while (i < a.size() || j < e.size()) {
      if (i < a.size() && j < e.size() && isSame(a.get(i), e.get(j))) {
        lines.add("  " + a.get(i++));
        j++;
      } else if (i < a.size() && (j == e.size() || common[i + 1][j] >= common[i][j + 1])) {
        lines.add("+ " + a.get(i++));
      } else {
        lines.add("- " + e.get(j++));
      }
    }
    return lines;
  }

  private static List<String> shortened(List<String> lines) {
    var shown = new ArrayList<String>();
    boolean left = false;
    for (int i = 0; i < lines.size(); i++) {
      if (isNear(lines, i)) {
        shown.add(lines.get(i));
        left = false;
      } else if (!left) {
        shown.add("...");
        left = true;
      }
    }
    return shown;
  }

  private static boolean isNear(List<String> lines, int i) {
    int to = Math.min(lines.size() - 1, i + CONTEXT);
    for (int at = Math.max(0, i - CONTEXT); at <= to; at++) {
      if (!lines.get(at).startsWith("  ")) {
        return true;
      }
    }
    return false;
  }
}
