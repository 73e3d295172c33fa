package dev.runar.internal.schema;

import org.jspecify.annotations.Nullable;

/**
 * The steps that the patterns of one check may take: characters looked at, over all its texts. One
 * thread.
 */
final class PatternSteps {
  /** A few milliseconds: more than a pattern needs that does not go back far. */
  private static final long FEWEST = 200_000;

  /** For each byte of the value, so that a pattern that goes through it once or twice can. */
  private static final long PER_BYTE = 64;

  private long left;
  private @Nullable String givenUp;

  PatternSteps(int valueBytes) {
    left = FEWEST + PER_BYTE * valueBytes;
  }

  /** Leaves the engine; without a stack, since attackers ask for it. */
  static final class TooMany extends RuntimeException {
    private static final long serialVersionUID = 1;

    private TooMany() {
      super("a pattern took too many steps", null, false, false);
    }
  }

  /** A text that counts. Throws {@link TooMany} in the middle of a match. */
  CharSequence over(CharSequence text) {
    return new Counted(text);
  }

  void giveUp(String text) {
    givenUp = text;
  }

  boolean isGivenUp() {
    return givenUp != null;
  }

  /** Whether this is the text whose match was given up. */
  boolean isGivenUp(String text) {
    return text.equals(givenUp);
  }

  private final class Counted implements CharSequence {
    private final CharSequence text;

    Counted(CharSequence text) {
      this.text = text;
    }

    @Override
    public char charAt(int index) {
      if (--left < 0) {
        throw new TooMany();
      }
      return text.charAt(index);
    }

    @Override
    public int length() {
      return text.length();
    }

    @Override
    public CharSequence subSequence(int start, int end) {
      return text.subSequence(start, end);
    }

    @Override
    public String toString() {
      return text.toString();
    }
  }
}
