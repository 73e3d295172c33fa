package dev.runar.internal.script.syntax;

/** The escapes of a JavaScript string literal. Pure; any thread. */
final class StringEscape {
  private StringEscape() {}

  /** The text that the body of a literal means. */
  static String undo(String body) {
    var text = new StringBuilder(body.length());
    for (int i = 0; i < body.length(); i++) {
      char c = body.charAt(i);
      if (c != '\\' || i + 1 == body.length()) {
        text.append(c);
        continue;
      }
      char escaped = body.charAt(++i);
      switch (escaped) {
        case 'n' -> text.append('\n');
        case 't' -> text.append('\t');
        case 'r' -> text.append('\r');
        case 'b' -> text.append('\b');
        case 'f' -> text.append('\f');
        case 'v' -> text.append('\u000b');
        case 'x' -> i = hex(body, i, 2, text);
        case 'u' -> i = unicode(body, i, text);
        default -> text.append(escaped);
      }
    }
    return text.toString();
  }

  private static int unicode(String body, int at, StringBuilder into) {
    int close = body.indexOf('}', at);
    if (body.startsWith("{", at + 1) && close > at) {
      return close - at - 2 > 6 ? close : code(body.substring(at + 2, close), close, into);
    }
    return hex(body, at, 4, into);
  }

  private static int hex(String body, int at, int digits, StringBuilder into) {
    int end = at + digits;
    return end < body.length() ? code(body.substring(at + 1, end + 1), end, into) : body.length();
  }

  private static int code(String digits, int end, StringBuilder into) {
    try {
      int point = Integer.parseInt(digits, 16);
      if (Character.isValidCodePoint(point)) {
        into.appendCodePoint(point);
      }
    } catch (NumberFormatException notAnEscape) {
      into.append(digits);
    }
    return end;
  }
}
