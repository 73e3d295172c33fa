package dev.runar.internal.script.packages;

import dev.runar.spi.Disk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds packages in the {@code node_modules} folders above an importer, as Node.js does: by {@code
 * exports}, {@code imports}, the package's own name, {@code main}. Owner thread of one script
 * context: what it read is remembered.
 *
 * <p>It looks only below the roots of the modules; whether what it finds lies there too, links
 * followed, is for the caller to see.
 */
public final class Packages {
  /** The most bytes that a package.json may have. */
  private static final long MAX_BYTES = 4L << 20;

  /** Folders whose package.json is remembered; beyond that they are read again. */
  private static final int MAX_KNOWN = 50_000;

  private static final Pattern NAME =
      Pattern.compile("((?:@[^/\\\\%]+/)?[^./\\\\%@][^/\\\\%]*)(/.*)?");
  private static final Pattern BAD_TARGET =
      Pattern.compile("(?:.*[/\\\\])?(?:\\.\\.?|node_modules)(?:[/\\\\].*)?");

  private final Disk disk;
  private final List<Path> roots;
  private final Map<Path, Optional<PackageJson>> known = new HashMap<>();

  /**
   * Packages below these folders.
   *
   * @param roots real paths
   */
  public Packages(List<Path> roots, Disk disk) {
    this.roots = roots;
    this.disk = disk;
  }

  /** The package that a file belongs to: the nearest package.json above it, within the roots. */
  public @Nullable PackageJson scope(Path file) throws PackageException {
    for (Path folder : foldersAbove(file)) {
      PackageJson found = read(folder);
      if (found != null) {
        return found;
      }
      if (folder.endsWith("node_modules")) {
        return null;
      }
    }
    return null;
  }

  /** The folders that a file lies in, from the inside out, as far as modules may come from. */
  private List<Path> foldersAbove(Path file) {
    var folders = new ArrayList<Path>();
    Path folder = file.getParent();
    while (folder != null && roots.stream().anyMatch(folder::startsWith)) {
      folders.add(folder);
      folder = folder.getParent();
    }
    return folders;
  }

  /** The package.json in a folder, if there is one. */
  private @Nullable PackageJson read(Path folder) throws PackageException {
    Optional<PackageJson> before = known.get(folder);
    if (before != null) {
      return before.orElse(null);
    }
    Path file = folder.resolve("package.json");
    PackageJson found =
        disk.exists(file) && !disk.isDirectory(file) ? PackageJson.parse(folder, text(file)) : null;
    if (known.size() < MAX_KNOWN) {
      known.put(folder, Optional.ofNullable(found));
    }
    return found;
  }

  private String text(Path file) throws PackageException {
    try {
      return new String(disk.read(file, MAX_BYTES), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new PackageException("cannot read " + file, String.valueOf(e.getMessage()));
    }
  }

  /**
   * What a bare specifier, or one that begins with {@code #}, means.
   *
   * @param importer the importing file, a real path
   */
  public Target find(Path importer, String specifier, Conditions conditions)
      throws PackageException {
    if (specifier.startsWith("#")) {
      return imported(importer, specifier, conditions);
    }
    var parts = NAME.matcher(specifier);
    if (!parts.matches()) {
      throw new PackageException(
          "\"" + specifier + "\" is not the name of a package", "A file is imported as \"./…\".");
    }
    String name = parts.group(1);
    String subpath = parts.group(2) == null ? "" : parts.group(2);
    PackageJson scope = scope(importer);
    if (scope != null && scope.exports() != null && scope.name().equals(name)) {
      return within(scope, subpath, conditions);
    }
    Path folder = folder(importer, name);
    PackageJson found = read(folder);
    return found == null
        ? new Target.Like(inside(folder, subpath))
        : within(found, subpath, conditions);
  }

  /** The folder of a package, in the nearest node_modules that has it. */
  private Path folder(Path importer, String name) throws PackageException {
    var looked = new ArrayList<String>();
    for (Path above : foldersAbove(importer)) {
      if (above.endsWith("node_modules")) {
        continue;
      }
      Path modules = above.resolve("node_modules");
      Path folder = modules.resolve(name);
      if (disk.isDirectory(folder)) {
        return folder;
      }
      looked.add(modules.toString());
    }
    String where = looked.isEmpty() ? "" : looked.getLast();
    throw new PackageException(
        "cannot find package \"" + name + "\"",
        "It is in no node_modules folder from the importing file up to "
            + where
            + ". Install it: npm install "
            + name);
  }

  private Target within(PackageJson found, String subpath, Conditions conditions)
      throws PackageException {
    Object exports = found.exports();
    if (exports != null) {
      String key = "." + subpath;
      String target = ExportTargets.find(ExportTargets.subpaths(exports), key, conditions);
      if (target == null) {
        String shown = key.equals(".") ? "the package itself" : "\"" + key + "\"";
        throw new PackageException(
            "package \"" + found.name() + "\" does not export " + shown,
            "\"exports\" of " + found.folder().resolve("package.json") + " has nothing for it.");
      }
      return new Target.Exact(file(found, target));
    }
    if (!subpath.isEmpty()) {
      return new Target.Like(inside(found.folder(), subpath));
    }
    return entry(found);
  }

  /** {@code main}, or the index of the folder. */
  private Target entry(PackageJson found) {
    Path index = found.folder().resolve("index.js");
    if (found.main().isEmpty()) {
      return new Target.Like(index);
    }
    try {
      Path main = found.folder().resolve(found.main()).normalize();
      return main.startsWith(found.folder()) ? new Target.Like(main) : new Target.Like(index);
    } catch (InvalidPathException e) {
      return new Target.Like(index);
    }
  }

  private Target imported(Path importer, String specifier, Conditions conditions)
      throws PackageException {
    PackageJson scope = scope(importer);
    String target =
        scope == null ? null : ExportTargets.find(scope.imports(), specifier, conditions);
    if (scope == null || target == null) {
      throw new PackageException(
          "\"" + specifier + "\" is not among the imports of this package",
          scope == null
              ? "There is no package.json above the importing file."
              : "\"imports\" of "
                  + scope.folder().resolve("package.json")
                  + " has nothing for it.");
    }
    return target.startsWith("./")
        ? new Target.Exact(file(scope, target))
        : new Target.Other(target);
  }

  private static Path file(PackageJson found, String target) throws PackageException {
    if (!target.startsWith("./") || BAD_TARGET.matcher(target.substring(2)).matches()) {
      throw new PackageException(
          "package \"" + found.name() + "\" names \"" + target + "\", which is not a file of it",
          "A target begins with \"./\" and stays in its package.");
    }
    return inside(found.folder(), "/" + target.substring(2));
  }

  /** A path below a package's folder; {@code subpath} is empty or begins with a slash. */
  private static Path inside(Path folder, String subpath) throws PackageException {
    try {
      Path path = subpath.isEmpty() ? folder : folder.resolve(subpath.substring(1)).normalize();
      if (path.startsWith(folder)) {
        return path;
      }
    } catch (InvalidPathException e) {
      throw new PackageException("not a path: \"" + subpath + "\"", e.getReason());
    }
    throw new PackageException(
        "\"" + subpath.substring(1) + "\" leads out of the package", "Import its own files.");
  }

  /** The entry of a folder that is required as a whole. */
  public Optional<Path> main(Path folder) throws PackageException {
    PackageJson found = read(folder);
    return found == null || found.main().isEmpty()
        ? Optional.empty()
        : entry(found) instanceof Target.Like(Path path) ? Optional.of(path) : Optional.empty();
  }
}
