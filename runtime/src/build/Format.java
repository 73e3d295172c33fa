import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.FormatterException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs google-java-format on the JDK that the code is written for. Spotless would run it inside
 * Maven's own JDK, whose parser may be too old for the syntax (docs/decisions/0002-formatter.md).
 *
 * <p>Usage: {@code Format.java check|write FOLDER…}. Exit code 1 when a file is not formatted.
 */
public final class Format {
  private Format() {}

  public static void main(String[] arguments) throws IOException, FormatterException {
    boolean write = arguments[0].equals("write");
    var unformatted = new ArrayList<Path>();
    for (String folder : List.of(arguments).subList(1, arguments.length)) {
      for (Path file : javaFiles(Path.of(folder))) {
        if (!isFormatted(file, write)) {
          unformatted.add(file);
        }
      }
    }
    if (!write && !unformatted.isEmpty()) {
      System.err.println("Not formatted; mend with `mvn -Pformat validate`:");
      unformatted.forEach(file -> System.err.println("  " + file));
      System.exit(1);
    }
  }

  private static List<Path> javaFiles(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (var files = Files.walk(folder)) {
      return files.filter(file -> file.toString().endsWith(".java")).sorted().toList();
    }
  }

  private static boolean isFormatted(Path file, boolean write)
      throws IOException, FormatterException {
    String source = Files.readString(file);
    String formatted;
    try {
      formatted = new Formatter().formatSourceAndFixImports(source);
    } catch (FormatterException e) {
      throw new FormatterException(file + ": " + e.getMessage());
    }
    if (formatted.equals(source)) {
      return true;
    }
    if (write) {
      Files.writeString(file, formatted);
    }
    return false;
  }
}
