package dev.runar.internal.script.module;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where a text imports something, for error messages only: nothing that runs depends on it. A best
 * guess by pattern; a computed specifier has no site. Pure; any thread.
 */
final class ImportSite {
  private ImportSite() {}

  /** The place of a specifier (of its opening quote), or null. */
  static SourceMap.@Nullable Place ofSpecifier(String source, String specifier) {
    String quoted = "(['\"`])" + Pattern.quote(specifier) + "\\1";
    return find(source, "(?:\\bfrom|\\bimport|\\brequire)\\s*\\(?\\s*(?=" + quoted + ")");
  }

  /** The place of a name in the braces of an import or export from a specifier, or null. */
  static SourceMap.@Nullable Place ofName(String source, String name, String specifier) {
    String before = "\\b(?:import|export)\\b[^;'\"]*?(?=\\b" + Pattern.quote(name) + "\\b[^;'\"]*?";
    String after = "from\\s*(['\"])" + Pattern.quote(specifier) + "\\1)";
    return find(source, before + after);
  }

  private static SourceMap.@Nullable Place find(String source, String pattern) {
    Matcher matcher = Pattern.compile(pattern).matcher(source);
    while (matcher.find()) {
      int offset = matcher.end();
      int lineStart = source.lastIndexOf('\n', offset - 1) + 1;
      String before = source.substring(lineStart, offset).stripLeading();
      if (!before.startsWith("//") && !before.startsWith("*")) {
        int line = 1 + (int) source.substring(0, lineStart).chars().filter(c -> c == '\n').count();
        return new SourceMap.Place(line, offset - lineStart + 1);
      }
    }
    return null;
  }
}
