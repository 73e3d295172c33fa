package dev.runar.cli;

import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** Finds the test files that a command line means. Stateless; any thread. */
final class TestFiles {
  private static final Pattern NAME = Pattern.compile(".+\\.test\\.(ts|mts|js|mjs|cjs)");
  private static final int MAX_FILES = 10_000;
  private static final int MAX_DEPTH = 64;

  private TestFiles() {}

  /**
   * Files as they are named, and those in folders whose name ends in {@code .test.ts} or its like.
   *
   * @throws RunarException {@code NOT_FOUND} if there are none
   */
  static List<Path> find(List<Path> named) throws IOException {
    Set<Path> found = new LinkedHashSet<>();
    for (Path path : named.isEmpty() ? List.of(Path.of("")) : named) {
      if (Files.isDirectory(path.toAbsolutePath())) {
        found.addAll(below(path.toAbsolutePath().normalize()));
      } else {
        found.add(ScriptFile.check(path));
      }
    }
    if (found.isEmpty()) {
      throw new RunarException(
          Code.NOT_FOUND,
          "there is no test file here: its name ends in .test.ts, .test.mts, .test.js, .test.mjs or"
              + " .test.cjs");
    }
    return List.copyOf(found);
  }

  private static List<Path> below(Path folder) throws IOException {
    var files = new ArrayList<Path>();
    Files.walkFileTree(
        folder,
        EnumSet.noneOf(java.nio.file.FileVisitOption.class),
        MAX_DEPTH,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path inner, BasicFileAttributes attributes) {
            String name = String.valueOf(inner.getFileName());
            boolean isOthers = name.equals("node_modules") || name.startsWith(".");
            return isOthers && !inner.equals(folder)
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (NAME.matcher(String.valueOf(file.getFileName())).matches()) {
              files.add(file);
            }
            if (files.size() > MAX_FILES) {
              throw new RunarException(
                  Code.TOO_LARGE, folder + " has more than " + MAX_FILES + " test files");
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException unreadable) {
            return FileVisitResult.CONTINUE;
          }
        });
    files.sort(null);
    return files;
  }
}
