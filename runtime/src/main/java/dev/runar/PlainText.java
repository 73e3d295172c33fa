package dev.runar;

import java.util.stream.Collectors;

/**
 * Text from outside made harmless for a terminal and a log: what moves the cursor, colours, rings
 * or turns the writing direction is spelled out. Pure; any thread.
 */
public final class PlainText {
  private PlainText() {}

  /**
   * One line: the text with {@code \x1b} and the like in place of control characters; tabs stay.
   */
  public static String of(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (isControl(text.charAt(i))) {
        return escaped(text, i);
      }
    }
    return text;
  }

  /** As {@link #of}, but line feeds stay: the text may have several lines. */
  public static String ofLines(String text) {
    return text.indexOf('\n') < 0
        ? of(text)
        : text.lines().map(PlainText::of).collect(Collectors.joining("\n"));
  }

  private static String escaped(String text, int from) {
    var plain = new StringBuilder(text.length() + 16).append(text, 0, from);
    for (int i = from; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '\n' -> plain.append("\\n");
        case '\r' -> plain.append("\\r");
        default -> {
          if (!isControl(c)) {
            plain.append(c);
          } else if (c < 0x100) {
            plain.append("\\x%02x".formatted((int) c));
          } else {
            plain.append("\\u%04x".formatted((int) c));
          }
        }
      }
    }
    return plain.toString();
  }

  private static boolean isControl(char c) {
    return (c < ' ' && c != '\t')
        || (c >= 0x7f && c < 0xa0)
        || c == '\u2028' // line and paragraph separators
        || c == '\u2029'
        || (c >= '\u202a' && c <= '\u202e') // the writing direction
        || (c >= '\u2066' && c <= '\u2069');
  }
}
