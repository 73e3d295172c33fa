package dev.runar.internal.script.module;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Which files a path without, or with another, extension may mean. Pure; any thread. */
final class ModuleFiles {
  /** What is tried, in this order, after a path without an extension. */
  private static final List<String> EXTENSIONS =
      List.of(".ts", ".mts", ".js", ".mjs", ".cjs", ".json");

  /** The same in a package, whose sources may lie beside what was built of them. */
  private static final List<String> IN_PACKAGES =
      List.of(".js", ".cjs", ".mjs", ".json", ".ts", ".mts");

  /** TypeScript is imported under the name that its JavaScript would have. */
  private static final Map<String, String> WRITTEN_AS = Map.of(".js", ".ts", ".mjs", ".mts");

  private ModuleFiles() {}

  static boolean isModuleName(String name) {
    return EXTENSIONS.stream().anyMatch(name::endsWith);
  }

  /** The extensions, as messages name them. */
  static String extensions(String between) {
    return String.join(between, EXTENSIONS);
  }

  /**
   * What a path may mean, best first.
   *
   * @param folder whether it is a folder, so that an index may be meant
   */
  static List<Path> candidates(Path wanted, boolean folder) {
    String name = String.valueOf(wanted.getFileName());
    List<String> extensions = isInPackage(wanted) ? IN_PACKAGES : EXTENSIONS;
    var candidates = new ArrayList<Path>();
    candidates.add(wanted);
    WRITTEN_AS.forEach(
        (written, real) -> {
          if (name.endsWith(written)) {
            String stem = name.substring(0, name.length() - written.length());
            candidates.add(wanted.resolveSibling(stem + real));
          }
        });
    extensions.forEach(extension -> candidates.add(wanted.resolveSibling(name + extension)));
    if (folder) {
      extensions.forEach(extension -> candidates.add(wanted.resolve("index" + extension)));
    }
    return candidates;
  }

  static boolean isInPackage(Path file) {
    for (Path part : file) {
      if (part.toString().equals("node_modules")) {
        return true;
      }
    }
    return false;
  }
}
