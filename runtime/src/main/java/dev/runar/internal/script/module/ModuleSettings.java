package dev.runar.internal.script.module;

import dev.runar.internal.script.packages.Workspace;
import dev.runar.spi.Disk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the modules of a script context may be. Immutable.
 *
 * @param base the folder that paths in messages and stacks are shown relative to
 * @param roots the folders that files may be imported from; a symbolic link cannot leave them
 * @param builtins the source of each virtual module, by its name without {@code runar:}
 * @param sdkFolder the class path folder of the SDK, with a final slash; its entry is {@code
 *     index.js}
 * @param maxFileBytes the most bytes that one module may have
 * @param maxModules the most modules that one context may load
 */
public record ModuleSettings(
    Path base,
    List<Path> roots,
    Map<String, String> builtins,
    String sdkFolder,
    long maxFileBytes,
    int maxModules) {
  /** The most bytes of one module unless said otherwise: 16 MiB. */
  public static final long DEFAULT_MAX_FILE_BYTES = 16L << 20;

  /** The most modules of one context unless said otherwise. */
  public static final int DEFAULT_MAX_MODULES = 10_000;

  /** Copies the collections. */
  public ModuleSettings {
    roots = List.copyOf(roots);
    builtins = Map.copyOf(builtins);
  }

  /**
   * The defaults for an entry file: files may be imported from its project, which is the nearest
   * folder above it with a {@code package.json}, or else its own folder; and from the workspace
   * that the project is part of.
   *
   * @param base the folder that paths are shown relative to, usually the working directory
   */
  public static ModuleSettings forEntry(Path entry, Path base, Disk disk) {
    Path root = project(real(entry, disk), disk);
    List<Path> roots =
        Workspace.rootOf(root, disk).map(above -> List.of(root, above)).orElse(List.of(root));
    return new ModuleSettings(
        real(base, disk),
        roots,
        Map.of(),
        "dev/runar/sdk/",
        DEFAULT_MAX_FILE_BYTES,
        DEFAULT_MAX_MODULES);
  }

  /** Found modules are real paths, so what they are compared with must be. */
  private static Path real(Path path, Disk disk) {
    Path absolute = path.toAbsolutePath().normalize();
    try {
      return disk.realPath(absolute);
    } catch (IOException missing) {
      Path parent = absolute.getParent();
      return parent == null ? absolute : real(parent, disk).resolve(absolute.getFileName());
    }
  }

  private static Path project(Path entry, Disk disk) {
    Path own = entry.getParent() == null ? entry : entry.getParent();
    for (@Nullable Path folder = own; folder != null; folder = folder.getParent()) {
      if (disk.exists(folder.resolve("package.json"))) {
        return folder;
      }
    }
    return own;
  }

  /** These settings and one more virtual module, imported as {@code runar:name}. */
  public ModuleSettings withBuiltin(String name, String source) {
    var more = new HashMap<>(builtins);
    more.put(name, source);
    return new ModuleSettings(base, roots, more, sdkFolder, maxFileBytes, maxModules);
  }

  /** These settings with other bounds. */
  public ModuleSettings withLimits(long fileBytes, int modules) {
    return new ModuleSettings(base, roots, builtins, sdkFolder, fileBytes, modules);
  }

  /** These settings with the SDK in another folder of the class path. */
  public ModuleSettings withSdkFolder(String folder) {
    return new ModuleSettings(base, roots, builtins, folder, maxFileBytes, maxModules);
  }

  /** A path as messages show it: relative to the base where it lies below it. */
  String shown(String file) {
    String prefix = base + base.getFileSystem().getSeparator();
    return file.startsWith(prefix) ? file.substring(prefix.length()) : file;
  }

  /** A place as messages show it. */
  String shown(Position position) {
    return shown(position.file()) + ":" + position.line() + ":" + position.column();
  }
}
