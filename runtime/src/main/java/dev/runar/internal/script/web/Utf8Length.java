package dev.runar.internal.script.web;

/** How many bytes a text takes as UTF-8. */
final class Utf8Length {
  private Utf8Length() {}

  /** Of a text whose surrogates are paired; a lone one counts as three, as its replacement does. */
  static int of(CharSequence text) {
    int bytes = 0;
    for (int i = 0; i < text.length(); i++) {
      char unit = text.charAt(i);
      if (unit < 0x80) {
        bytes++;
      } else if (unit < 0x800) {
        bytes += 2;
      } else if (Character.isHighSurrogate(unit)
          && i + 1 < text.length()
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        bytes += 4;
        i++;
      } else {
        bytes += 3;
      }
    }
    return bytes;
  }
}
