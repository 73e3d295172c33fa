package dev.runar.internal.script.module;

import java.util.Collection;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The file that the author of a misspelled name may have meant. Pure; any thread. */
final class NearestName {
  private NearestName() {}

  /**
   * The name with the fewest edits from {@code wanted}, extensions and case aside; null if none is
   * closer than a third of its length. Of equally near names, the first in the alphabet.
   */
  static @Nullable String to(String wanted, Collection<String> names) {
    String best = null;
    int least = Math.max(1, stem(wanted).length() / 3) + 1;
    for (String name : names.stream().sorted().toList()) {
      int distance = distance(stem(wanted), stem(name));
      if (distance < least) {
        best = name;
        least = distance;
      }
    }
    return best;
  }

  private static String stem(String name) {
    int dot = name.lastIndexOf('.');
    return (dot > 0 ? name.substring(0, dot) : name).toLowerCase(Locale.ROOT);
  }

  /** Edits (insert, delete, replace, swap neighbours) that lead from one text to the other. */
  private static int distance(String a, String b) {
    int[][] edits = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          edits[i][j] = i + j;
          continue;
        }
        boolean same = a.charAt(i - 1) == b.charAt(j - 1);
        int change = edits[i - 1][j - 1] + (same ? 0 : 1);
        edits[i][j] = Math.min(change, 1 + Math.min(edits[i - 1][j], edits[i][j - 1]));
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          edits[i][j] = Math.min(edits[i][j], 1 + edits[i - 2][j - 2]);
        }
      }
    }
    return edits[a.length()][b.length()];
  }
}
