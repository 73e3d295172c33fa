package dev.runar.internal.script.module;

import java.nio.file.Path;
import java.util.Collection;

/**
 * The ES module that stands for a CommonJS one: it loads it when it runs, and exports it as default
 * and, name by name, what its text or its first run showed. Pure; any thread.
 */
final class EsFacade {
  private EsFacade() {}

  static String of(Path file, Collection<String> names) {
    var text = new StringBuilder("import{load}from\"runar:");
    text.append(CommonJs.MODULE)
        .append("\";const m=load(")
        .append(quoted(file.toString()))
        .append("),o=Object(m);export default m;export{m as \"module.exports\"};");
    int number = 0;
    for (String name : names) {
      if (name.equals("default") || name.equals("module.exports") || !isWellFormed(name)) {
        continue;
      }
      String variable = "_" + number++;
      text.append("const ")
          .append(variable)
          .append("=o[")
          .append(quoted(name))
          .append("];export{")
          .append(variable)
          .append(" as ")
          .append(quoted(name))
          .append("};");
    }
    return text.toString();
  }

  /** The language forbids half of a surrogate pair in the name of an export. */
  private static boolean isWellFormed(String name) {
    return name.codePoints().noneMatch(c -> c >= 0xd800 && c <= 0xdfff);
  }

  /** A text as a literal of JavaScript. */
  static String quoted(String text) {
    var literal = new StringBuilder(text.length() + 16).append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> literal.append("\\\"");
        case '\\' -> literal.append("\\\\");
        case '\n' -> literal.append("\\n");
        case '\r' -> literal.append("\\r");
        case '\u2028' -> literal.append("\\u2028");
        case '\u2029' -> literal.append("\\u2029");
        default -> literal.append(c);
      }
    }
    return literal.append('"').toString();
  }
}
