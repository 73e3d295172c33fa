package dev.runar.internal.script;

import dev.runar.spi.Disk;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The variables of a {@code .env} file: {@code NAME=value} lines, comments, quoted values, which
 * may go over several lines. Pure but for {@link #read}; any thread.
 */
final class EnvFile {
  private static final long MAX_BYTES = 1L << 20;
  private static final Pattern LINE =
      Pattern.compile(
          "(?m)^[ \\t]*(?:export[ \\t]+)?([\\w.-]+)[ \\t]*=[ \\t]*"
              + "(?:\"((?:\\\\.|[^\"\\\\])*)\"|'([^']*)'|`([^`]*)`|([^\\r\\n#]*))");

  private EnvFile() {}

  /** The variables of a file; none if it is not there. */
  static Map<String, String> read(Path file, Disk disk) {
    if (!disk.exists(file) || disk.isDirectory(file)) {
      return Map.of();
    }
    try {
      return parse(new String(disk.read(file, MAX_BYTES), StandardCharsets.UTF_8));
    } catch (IOException e) {
      System.getLogger("runar.script")
          .log(Level.WARNING, "the environment file was not read file=" + file + " why=" + e);
      return Map.of();
    }
  }

  static Map<String, String> parse(String text) {
    var variables = new LinkedHashMap<String, String>();
    Matcher line = LINE.matcher(text);
    while (line.find()) {
      variables.put(line.group(1), value(line));
    }
    return variables;
  }

  private static String value(Matcher line) {
    String quoted = line.group(2);
    if (quoted != null) {
      return quoted.replace("\\n", "\n").replace("\\\"", "\"");
    }
    for (int group = 3; group <= 4; group++) {
      String plain = line.group(group);
      if (plain != null) {
        return plain;
      }
    }
    String bare = line.group(5);
    return bare == null ? "" : bare.strip();
  }
}
