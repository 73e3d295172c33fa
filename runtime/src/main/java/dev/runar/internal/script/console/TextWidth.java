package dev.runar.internal.script.console;

import java.text.Normalizer;
import java.util.regex.Pattern;

/** How many columns of a terminal a text takes. */
final class TextWidth {
  private static final Pattern ANSI_SEQUENCE =
      Pattern.compile("[\\u001B\\u009B]\\[[0-9;?]*[ -/]*[@-~]");

  private TextWidth() {}

  /** Columns of a text whose terminal sequences are shown as they are. */
  static int of(String text) {
    int width = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c >= 127) {
        return width + wide(Normalizer.normalize(text.substring(i), Normalizer.Form.NFC));
      }
      width += c >= 32 ? 1 : 0;
    }
    return width;
  }

  /** Columns of a text once a terminal has obeyed the sequences in it. */
  static int withoutSequences(String text) {
    return of(ANSI_SEQUENCE.matcher(text).replaceAll(""));
  }

  private static int wide(String text) {
    return text.codePoints().map(TextWidth::columns).sum();
  }

  private static int columns(int code) {
    if (code <= 0x1f || (code >= 0x7f && code <= 0x9f)) {
      return 0;
    }
    return switch (Character.getType(code)) {
      case Character.NON_SPACING_MARK, Character.ENCLOSING_MARK, Character.FORMAT -> 0;
      default -> isFullWidth(code) ? 2 : 1;
    };
  }

  private static boolean isFullWidth(int code) {
    if (code < 0x1100) {
      return false;
    }
    return code <= 0x115f
        || code == 0x2329
        || code == 0x232a
        || (between(code, 0x2e80, 0xa4cf) && code != 0x303f)
        || between(code, 0xa960, 0xa97c)
        || between(code, 0xac00, 0xd7a3)
        || between(code, 0xf900, 0xfaff)
        || between(code, 0xfe10, 0xfe19)
        || between(code, 0xfe30, 0xfe6b)
        || between(code, 0xff01, 0xff60)
        || between(code, 0xffe0, 0xffe6)
        || between(code, 0x1b000, 0x1b2fb)
        || between(code, 0x20000, 0x3fffd)
        || Character.isEmojiPresentation(code);
  }

  private static boolean between(int code, int first, int last) {
    return code >= first && code <= last;
  }
}
