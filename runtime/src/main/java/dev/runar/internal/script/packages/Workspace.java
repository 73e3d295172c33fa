package dev.runar.internal.script.packages;

import dev.runar.Payload;
import dev.runar.RunarException;
import dev.runar.spi.Disk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The workspace of npm, Yarn or pnpm that a package is part of: its packages share a {@code
 * node_modules} folder at its root and are linked from there. Stateless; any thread.
 */
public final class Workspace {
  private static final int MAX_BYTES = 1 << 20;

  private Workspace() {}

  /**
   * The root of the workspace that a package belongs to, which is a folder above whose own list of
   * packages has this one; empty if there is none.
   *
   * @param folder the folder of the package, a real path
   */
  public static Optional<Path> rootOf(Path folder, Disk disk) {
    for (Path above = folder.getParent(); above != null; above = above.getParent()) {
      if (lists(above, above.relativize(folder), disk)) {
        return Optional.of(above);
      }
    }
    return Optional.empty();
  }

  private static boolean lists(Path root, Path folder, Disk disk) {
    List<String> patterns =
        Stream.concat(ofNpm(root, disk).stream(), ofPnpm(root, disk).stream()).toList();
    return patterns.stream().anyMatch(pattern -> matches(pattern, folder))
        && patterns.stream()
            .noneMatch(pattern -> pattern.startsWith("!") && matches(pattern.substring(1), folder));
  }

  private static boolean matches(String pattern, Path folder) {
    String plain = pattern.replaceFirst("^\\./", "").replaceFirst("/+$", "");
    try {
      return folder.getFileSystem().getPathMatcher("glob:" + plain).matches(folder);
    } catch (PatternSyntaxException e) {
      return false;
    }
  }

  private static List<String> ofNpm(Path root, Disk disk) {
    try {
      return Payload.json(text(root.resolve("package.json"), disk)).value() instanceof Map<?, ?> map
          ? strings(
              map.get("workspaces") instanceof Map<?, ?> more
                  ? more.get("packages")
                  : map.get("workspaces"))
          : List.of();
    } catch (RunarException malformed) {
      return List.of();
    }
  }

  private static List<String> strings(@Nullable Object list) {
    return list instanceof List<?> items
        ? items.stream().filter(String.class::isInstance).map(String.class::cast).toList()
        : List.of();
  }

  /** The list is all that counts of it: one item a line. */
  private static List<String> ofPnpm(Path root, Disk disk) {
    return text(root.resolve("pnpm-workspace.yaml"), disk)
        .lines()
        .dropWhile(line -> !line.startsWith("packages:"))
        .skip(1)
        .takeWhile(line -> line.isBlank() || line.startsWith(" ") || line.startsWith("-"))
        .map(String::strip)
        .filter(line -> line.startsWith("- "))
        .map(line -> line.substring(2).strip().replaceAll("^(['\"])(.*)\\1$", "$2"))
        .toList();
  }

  private static String text(Path file, Disk disk) {
    if (!disk.exists(file)) {
      return file.endsWith("package.json") ? "{}" : "";
    }
    try {
      return new String(disk.read(file, MAX_BYTES), StandardCharsets.UTF_8);
    } catch (IOException e) {
      return file.endsWith("package.json") ? "{}" : "";
    }
  }
}
