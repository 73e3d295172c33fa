package dev.runar.house;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** The files of the repository as text. Stateless. */
final class SourceFiles {
  private static final Set<String> BUILT = Set.of("target", "node_modules", "dist", ".git");

  private SourceFiles() {}

  /** The files below a folder of the repository whose names end so, without what was built. */
  static List<Path> below(String folder, String... endings) {
    Path start = House.repository().resolve(folder);
    try (Stream<Path> files = Files.walk(start)) {
      return files
          .filter(file -> Stream.of(endings).anyMatch(file.toString()::endsWith))
          .filter(file -> !isBuilt(start.relativize(file)))
          .filter(Files::isRegularFile)
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isBuilt(Path file) {
    for (Path name : file) {
      if (BUILT.contains(name.toString())) {
        return true;
      }
    }
    return false;
  }

  static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static String text(String file) {
    return text(House.repository().resolve(file));
  }

  /** As it is named in messages. */
  static String shown(Path file) {
    return House.repository().relativize(file).toString();
  }
}
