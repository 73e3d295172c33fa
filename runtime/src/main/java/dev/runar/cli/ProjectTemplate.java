package dev.runar.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The files of a new project, which are resources of the jar. Immutable; blocks. */
final class ProjectTemplate {
  private static final String RESOURCES = "/dev/runar/cli/new/";
  private static final String NAME = "{{name}}";

  /** Where a file goes, by the name of its resource: one with a dot is left out of some builds. */
  private static final Map<String, String> FILES = files();

  private ProjectTemplate() {}

  private static Map<String, String> files() {
    var files = new LinkedHashMap<String, String>();
    for (String same :
        List.of(
            "app.ts",
            "guestbook.ts",
            "guestbook.test.ts",
            "public/index.html",
            "package.json",
            "tsconfig.json",
            "README.md")) {
      files.put(same, same);
    }
    files.put("gitignore", ".gitignore");
    files.put("vscode/launch.json", ".vscode/launch.json");
    return Map.copyOf(files);
  }

  /** What {@link #write} writes, sorted. */
  static List<String> names() {
    return FILES.values().stream().sorted().toList();
  }

  /**
   * Writes the project, and the types of the SDK beside it. A file that is there already is an
   * error.
   */
  static void write(Path folder, String name) throws IOException {
    for (var file : FILES.entrySet()) {
      Path target = folder.resolve(file.getValue());
      Files.createDirectories(target.getParent());
      Files.writeString(
          target, read(file.getKey()).replace(NAME, name), StandardOpenOption.CREATE_NEW);
    }
    SdkTypes.write(folder.resolve(SdkTypes.FOLDER_OF_PROJECT));
  }

  private static String read(String resource) throws IOException {
    try (InputStream in = ProjectTemplate.class.getResourceAsStream(RESOURCES + resource)) {
      if (in == null) {
        throw new IOException("the template is missing from the jar: " + resource);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
