package dev.runar.cli;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Where what was typed is kept: only its owner may read it, since it may hold secrets. */
final class HistoryFile {
  private HistoryFile() {}

  /** In the user's state folder; null when there can be none. */
  static @Nullable Path ofUser(Map<String, String> environment) {
    String state = environment.getOrDefault("XDG_STATE_HOME", "");
    String home = System.getProperty("user.home", "");
    Path folder =
        state.isEmpty() ? Path.of(home, ".local", "state", "runar") : Path.of(state, "runar");
    try {
      Files.createDirectories(folder);
      Path file = folder.resolve("repl_history");
      try {
        var ownerOnly = PosixFilePermissions.fromString("rw-------");
        Files.createFile(file, PosixFilePermissions.asFileAttribute(ownerOnly));
      } catch (FileAlreadyExistsException e) {
        return file;
      }
      return file;
    } catch (IOException | UnsupportedOperationException e) {
      return null;
    }
  }
}
