package dev.runar.cli;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The types of {@code runar-ts} as the jar has them: the SDK's sources, written into a folder where
 * compilers and editors find them. Stateless; blocks.
 */
final class SdkTypes {
  /** Where a project that {@code runar new} has made keeps them. */
  static final Path FOLDER_OF_PROJECT = Path.of(".runar", "types");

  private static final String RESOURCES = "/dev/runar/types/";
  private static final String SDK = "index.ts";
  private static final String TEST_KIT = "test/index.ts";
  private static final Pattern IMPORTED = Pattern.compile("from \"(\\.\\.?/[\\w/-]+)\\.js\"");

  private SdkTypes() {}

  /** What {@code runar-ts} means, below a folder that {@link #write} has written. */
  static Path entry(Path folder) {
    return folder.resolve(SDK);
  }

  /** What {@code runar-ts/test} means. */
  static Path testKit(Path folder) {
    return folder.resolve(TEST_KIT);
  }

  /** Writes both entries and what these import; a file that is the same already is left alone. */
  static void write(Path folder) throws IOException {
    Set<String> seen = new HashSet<>();
    var waiting = new ArrayDeque<>(List.of(SDK, TEST_KIT));
    while (!waiting.isEmpty()) {
      String name = waiting.remove();
      if (!seen.add(name)) {
        continue;
      }
      String text = read(name);
      write(folder.resolve(name), text);
      Matcher imported = IMPORTED.matcher(text);
      while (imported.find()) {
        waiting.add(URI.create(name).resolve(imported.group(1) + ".ts").toString());
      }
    }
  }

  private static String read(String name) throws IOException {
    try (InputStream in = SdkTypes.class.getResourceAsStream(RESOURCES + name)) {
      if (in == null) {
        throw new IOException("the types of the SDK are missing from the jar: " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static void write(Path file, String text) throws IOException {
    if (!Files.exists(file) || !Files.readString(file).equals(text)) {
      Files.createDirectories(file.getParent());
      Files.writeString(file, text);
    }
  }
}
