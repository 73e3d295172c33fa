package dev.runar.internal.script.console;

/** How a string looks inside another value: quoted, with nothing in it that moves the cursor. */
final class StringEscapes {
  private StringEscapes() {}

  /** Quotes with the first of {@code ' " `} that the text does not contain. */
  static String quote(String text) {
    char quote = quoteFor(text);
    var out = new StringBuilder(text.length() + 2).append(quote);
    escape(text, quote == '\'', out);
    return out.append(quote).toString();
  }

  /** Escapes as inside single quotes, without the quotes. */
  static String escape(String text) {
    var out = new StringBuilder(text.length());
    escape(text, true, out);
    return out.toString();
  }

  private static char quoteFor(String text) {
    if (text.indexOf('\'') < 0) {
      return '\'';
    }
    if (text.indexOf('"') < 0) {
      return '"';
    }
    return text.indexOf('`') < 0 && !text.contains("${") ? '`' : '\'';
  }

  private static void escape(String text, boolean singleQuote, StringBuilder out) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isHighSurrogate(c)
          && i + 1 < text.length()
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        out.append(c).append(text.charAt(++i));
      } else {
        escape(c, singleQuote, out);
      }
    }
  }

  private static void escape(char c, boolean singleQuote, StringBuilder out) {
    switch (c) {
      case '\b' -> out.append("\\b");
      case '\t' -> out.append("\\t");
      case '\n' -> out.append("\\n");
      case '\f' -> out.append("\\f");
      case '\r' -> out.append("\\r");
      case '\\' -> out.append("\\\\");
      case '\'' -> out.append(singleQuote ? "\\'" : "'");
      default -> {
        if (c < 0x20 || (c >= 0x7f && c <= 0x9f)) {
          out.append("\\x").append(hexDigit(c >> 4)).append(hexDigit(c & 15));
        } else if (Character.isSurrogate(c)) {
          out.append("\\u").append(Integer.toHexString(c));
        } else {
          out.append(c);
        }
      }
    }
  }

  private static char hexDigit(int value) {
    return "0123456789ABCDEF".charAt(value);
  }
}
