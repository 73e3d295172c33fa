package dev.runar.internal.script.console;

/** Bounds the work of printing one message: characters produced and values visited. */
final class OutputBudget {
  /** A message has at most so many characters; what is beyond is cut, and the cut is noted. */
  static final int MAX_CHARACTERS = 1 << 20;

  /** A message visits at most so many values; the others are shown as {@code ...}. */
  static final int MAX_VALUES = 100_000;

  private int characters = MAX_CHARACTERS;
  private int values = MAX_VALUES;

  /** Counts a value about to be printed. */
  void visit() {
    values--;
  }

  /** Counts the text of a leaf and hands it on. */
  String spend(String text) {
    characters -= Math.min(characters, text.length());
    return text;
  }

  boolean isSpent() {
    return characters <= 0 || values <= 0;
  }

  /** Cuts a message to the limit, with a note that says so. */
  static String cut(String text) {
    if (text.length() <= MAX_CHARACTERS) {
      return text;
    }
    int end =
        Character.isHighSurrogate(text.charAt(MAX_CHARACTERS - 1))
            ? MAX_CHARACTERS - 1
            : MAX_CHARACTERS;
    return text.substring(0, end)
        + "\n... console output cut after "
        + MAX_CHARACTERS
        + " characters";
  }
}
