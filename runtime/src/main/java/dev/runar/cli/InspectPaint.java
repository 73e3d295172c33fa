package dev.runar.cli;

import dev.runar.cli.report.Ink;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Colours what the console prints, as Node.js does: by what the text shows. Pure. */
final class InspectPaint {
  private static final Pattern PARTS =
      Pattern.compile(
          "(?<text>'(?:[^'\\\\\\n]|\\\\.)*'|\"(?:[^\"\\\\\\n]|\\\\.)*\"|`(?:[^`\\\\]|\\\\.)*`"
              + "|Symbol\\([^)\\n]*\\))"
              + "|(?<none>\\b(?:undefined|null)\\b)"
              + "|(?<function>\\[(?:Function|AsyncFunction|GeneratorFunction|class|Getter|Setter"
              + "|Circular)[^\\]\\n]*\\])"
              + "|(?<![\\w$.-])(?<number>-?\\d[\\w.+]*|NaN|-?Infinity|true|false)(?![\\w$:])");

  private InspectPaint() {}

  static String of(String text, Ink ink) {
    return PARTS
        .matcher(text)
        .replaceAll(part -> Matcher.quoteReplacement(painted(part.group(), ink)));
  }

  private static String painted(String part, Ink ink) {
    char first = part.charAt(0);
    if (first == '\'' || first == '"' || first == '`' || part.startsWith("Symbol(")) {
      return ink.green(part);
    }
    if (part.equals("undefined") || part.equals("null")) {
      return ink.gray(part);
    }
    return first == '[' ? ink.cyan(part) : ink.yellow(part);
  }
}
