package dev.runar.cli;

import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** Checks the file given to {@code run}. Stateless; any thread. */
final class ScriptFile {
  private static final Set<String> ENDINGS = Set.of("ts", "mts", "cts", "js", "mjs", "cjs");

  private ScriptFile() {}

  /**
   * The script as it was given, once it is known to be a file.
   *
   * @throws RunarException {@code NOT_FOUND} with the file that may have been meant
   */
  static Path check(Path file) {
    if (Files.isRegularFile(file)) {
      return file.toAbsolutePath().normalize();
    }
    if (Files.isDirectory(file)) {
      List<String> scripts = scripts(file);
      String such = scripts.isEmpty() ? "app.ts" : scripts.getFirst();
      throw new RunarException(
          Code.NOT_FOUND, file + " is a folder; name a script such as " + file.resolve(such));
    }
    Path folder = file.toAbsolutePath().resolveSibling("");
    String wanted = String.valueOf(file.getFileName());
    String meant =
        Suggestions.closest(wanted, scripts(folder))
            .map(found -> "; did you mean " + file.resolveSibling(found) + "?")
            .orElse("");
    throw new RunarException(Code.NOT_FOUND, "there is no file " + file + meant);
  }

  private static List<String> scripts(Path folder) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (var files = Files.list(folder)) {
      return files
          .map(file -> String.valueOf(file.getFileName()))
          .filter(name -> ENDINGS.contains(name.substring(name.lastIndexOf('.') + 1)))
          .sorted()
          .toList();
    } catch (IOException e) {
      return List.of(); // no suggestion then
    }
  }
}
