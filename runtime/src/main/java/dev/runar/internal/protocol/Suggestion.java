package dev.runar.internal.protocol;

import java.util.List;
import java.util.Optional;

/** Finds the word that somebody probably meant. Stateless; any thread. */
public final class Suggestion {
  private static final int LONGEST_WORD = 32;

  private Suggestion() {}

  /** The closest candidate that is at most two edits (a third of a short word) away. */
  public static Optional<String> nearest(String word, List<String> candidates) {
    if (word.length() > LONGEST_WORD) {
      return Optional.empty();
    }
    int bound = Math.min(2, Math.max(1, word.length() / 3));
    String best = null;
    int bestDistance = bound + 1;
    for (String candidate : candidates) {
      int distance = distance(word, candidate);
      if (distance < bestDistance) {
        best = candidate;
        bestDistance = distance;
      }
    }
    return Optional.ofNullable(best);
  }

  /** Insertions, deletions, replacements and swaps of neighbours from one word to the other. */
  private static int distance(String a, String b) {
    int[][] cost = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        cost[i][j] = i == 0 || j == 0 ? i + j : step(a, b, i, j, cost);
      }
    }
    return cost[a.length()][b.length()];
  }

  private static int step(String a, String b, int i, int j, int[][] cost) {
    int replace = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
    int least =
        Math.min(cost[i - 1][j - 1] + replace, Math.min(cost[i - 1][j], cost[i][j - 1]) + 1);
    boolean swapped =
        i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
    return swapped ? Math.min(least, cost[i - 2][j - 2] + 1) : least;
  }
}
