package dev.runar.internal.script.module;

import dev.runar.internal.script.module.ScriptLoadException.Kind;
import java.io.IOException;
import java.net.URI;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Finds the module that an import names. Owner thread of one script context.
 *
 * <p>Every form of specifier has one method: a relative or absolute path, a {@code file:} URL, the
 * SDK, a virtual module, a package. A file is found as written, with the extension of TypeScript in
 * place of JavaScript's, with an extension added, or as the index of a folder, in this order.
 */
final class ModuleResolver {
  /** What is tried, in this order, after a path without an extension. */
  private static final List<String> EXTENSIONS = List.of(".ts", ".mts", ".js", ".mjs", ".json");

  /** TypeScript is imported under the name that its JavaScript would have. */
  private static final Map<String, String> WRITTEN_AS = Map.of(".js", ".ts", ".mjs", ".mts");

  private static final Set<String> SDK_NAMES = Set.of("runar-ts", "runar");
  private static final String BUILTIN_SCHEME = "runar:";

  /** The most steps of an import chain that a message shows. */
  private static final int MAX_CHAIN = 12;

  private final ModuleSettings settings;
  private final ModuleTexts texts;

  /** Who first imported each module. Bounded: at most {@code maxModules} are ever found. */
  private final Map<Path, String> importers = new HashMap<>();

  /** What was loaded, oldest first; the same bound. */
  private final Set<Path> loaded = new LinkedHashSet<>();

  ModuleResolver(ModuleSettings settings, ModuleTexts texts) {
    this.settings = settings;
    this.texts = texts;
  }

  /** Remembers a module that was read; false if that would be one too many. */
  boolean admit(Path file) {
    if (loaded.contains(file)) {
      return true;
    }
    return loaded.size() < settings.maxModules() && loaded.add(file);
  }

  /** Whether a module was read. */
  boolean isLoaded(Path file) {
    return loaded.contains(file);
  }

  /** The path of the module that a URL means; the engine does not tell who imports it. */
  ModulePath path(URI uri) {
    String specifier = uri.toString();
    ModulePath path = path(null, specifier);
    if (path.isFound()) {
      return path;
    }
    String importer = importerOf(specifier);
    return importer == null ? path : path(importer, specifier);
  }

  /** A module that names the specifier, the latest first; null if it is computed. */
  private @Nullable String importerOf(String specifier) {
    for (Path module : List.copyOf(loaded).reversed()) {
      String text = texts.readQuietly(module.toString());
      if (ImportSite.ofSpecifier(text, specifier) != null) {
        return module.toString();
      }
    }
    return null;
  }

  /** Somebody imports a URL that is none. */
  ScriptLoadException badUrl(String specifier, String why) {
    return new Site(importerOf(specifier), specifier)
        .failure(
            Kind.REFUSED,
            "cannot import \"" + specifier + "\": not a valid URL",
            why + ". Encode what follows the comma with encodeURIComponent, or make it a file.");
  }

  /**
   * The path of the module that {@code specifier} means in {@code importer}; it carries the failure
   * if there is none.
   *
   * @param importer the path of the importing module, or null if it has none
   */
  ModulePath path(@Nullable String importer, String specifier) {
    try {
      Path found = find(importer, specifier);
      if (importer != null && importers.size() < settings.maxModules()) {
        importers.putIfAbsent(found, importer);
      }
      return new ModulePath(this, found, null);
    } catch (ScriptLoadException e) {
      return new ModulePath(this, ModuleTexts.nothing(), e);
    }
  }

  private Path find(@Nullable String importer, String specifier) throws ScriptLoadException {
    var site = new Site(importer, specifier);
    if (specifier.startsWith(BUILTIN_SCHEME)) {
      return builtin(site, specifier.substring(BUILTIN_SCHEME.length()));
    }
    if (SDK_NAMES.contains(specifier)) {
      return ModuleTexts.sdk("index.js");
    }
    if (specifier.startsWith("file:")) {
      return file(site, fileUrl(site));
    }
    int colon = specifier.indexOf(':');
    if (colon > 1 && specifier.substring(0, colon).matches("[A-Za-z][A-Za-z0-9+.-]*")) {
      throw site.failure(
          Kind.REFUSED,
          "cannot import \""
              + specifier
              + "\": "
              + specifier.substring(0, colon + 1)
              + " imports are refused",
          "A module is a file of the project or one of " + builtins() + ".");
    }
    if (isPath(specifier)) {
      return file(site, pathOf(site, importer));
    }
    return packaged(site);
  }

  private static boolean isPath(String specifier) {
    return specifier.startsWith("./")
        || specifier.startsWith("../")
        || specifier.equals(".")
        || specifier.equals("..")
        || isAbsolute(specifier);
  }

  private static boolean isAbsolute(String specifier) {
    try {
      return Path.of(specifier).isAbsolute();
    } catch (InvalidPathException e) {
      return false;
    }
  }

  private Path builtin(Site site, String name) throws ScriptLoadException {
    if (!settings.builtins().containsKey(name)) {
      throw site.failure(
          Kind.MISSING_MODULE,
          "there is no module \"" + site.specifier + "\"",
          "Built in: " + builtins() + ".");
    }
    return ModuleTexts.builtin(name);
  }

  private String builtins() {
    var names = new TreeSet<String>();
    settings.builtins().keySet().forEach(name -> names.add("\"" + BUILTIN_SCHEME + name + "\""));
    names.add("\"runar-ts\"");
    return String.join(", ", names);
  }

  private Path fileUrl(Site site) throws ScriptLoadException {
    try {
      return Path.of(URI.create(site.specifier)).normalize();
    } catch (IllegalArgumentException e) {
      throw site.failure(
          Kind.MISSING_MODULE,
          "not a file: \"" + site.specifier + "\"",
          String.valueOf(e.getMessage()));
    }
  }

  private Path pathOf(Site site, @Nullable String importer) throws ScriptLoadException {
    try {
      Path path = Path.of(site.specifier);
      if (path.isAbsolute()) {
        return path.normalize();
      }
      if (importer == null) {
        throw site.failure(
            Kind.MISSING_MODULE,
            "cannot import \"" + site.specifier + "\" from code that is no file",
            "Use an absolute path.");
      }
      return Path.of(importer).resolveSibling(path).normalize();
    } catch (InvalidPathException e) {
      throw site.failure(
          Kind.MISSING_MODULE, "not a path: \"" + site.specifier + "\"", e.getReason());
    }
  }

  /** A file, by the rules of the class comment. */
  private Path file(Site site, Path wanted) throws ScriptLoadException {
    for (Path candidate : candidates(wanted)) {
      if (texts.isFile(candidate)) {
        return allowed(site, candidate);
      }
    }
    throw missing(site, wanted);
  }

  private List<Path> candidates(Path wanted) {
    String name = String.valueOf(wanted.getFileName());
    var candidates = new ArrayList<Path>();
    candidates.add(wanted);
    WRITTEN_AS.forEach(
        (written, real) -> {
          if (name.endsWith(written)) {
            String stem = name.substring(0, name.length() - written.length());
            candidates.add(wanted.resolveSibling(stem + real));
          }
        });
    EXTENSIONS.forEach(extension -> candidates.add(wanted.resolveSibling(name + extension)));
    if (texts.isDirectory(wanted)) {
      EXTENSIONS.forEach(extension -> candidates.add(wanted.resolve("index" + extension)));
    }
    return candidates;
  }

  /** The real path of a file that scripts may import. */
  private Path allowed(Site site, Path found) throws ScriptLoadException {
    Path real = realPath(found);
    if (!ModuleTexts.isVirtual(real) && settings.roots().stream().noneMatch(real::startsWith)) {
      throw site.failure(
          Kind.REFUSED,
          "cannot import \"" + site.specifier + "\": it is outside of the project",
          real + " is not below " + settings.roots() + ".");
    }
    String name = String.valueOf(real.getFileName());
    if (!isModuleName(name)) {
      throw site.failure(
          Kind.REFUSED,
          "cannot import \"" + site.specifier + "\": it is not a module",
          "A module's name ends in " + String.join(", ", EXTENSIONS) + ".");
    }
    return real;
  }

  private static boolean isModuleName(String name) {
    return EXTENSIONS.stream().anyMatch(name::endsWith);
  }

  private Path realPath(Path found) {
    try {
      return texts.realPath(found);
    } catch (IOException goneMeanwhile) {
      return found;
    }
  }

  /** The one place where packages are looked for; there are none yet but the SDK. */
  private Path packaged(Site site) throws ScriptLoadException {
    throw site.failure(
        Kind.MISSING_MODULE,
        "cannot find package \"" + site.specifier + "\"" + site.from(),
        "Packages are not looked for in node_modules; there are "
            + builtins()
            + ". A file of the project is imported as \"./"
            + site.specifier
            + "\".");
  }

  private ScriptLoadException missing(Site site, Path wanted) {
    Path folder = wanted.getParent();
    var details = new StringBuilder("There is no " + settings.shown(wanted.toString()));
    String name = String.valueOf(wanted.getFileName());
    boolean bare = !isModuleName(name);
    details.append(bare ? ", with or without one of " + String.join(" ", EXTENSIONS) : "");
    details.append(bare && texts.isDirectory(wanted) ? ", and no index file in it." : ".");
    List<String> modules =
        texts.names(folder).stream().filter(ModuleResolver::isModuleName).toList();
    String nearest = NearestName.to(name, modules);
    if (nearest != null) {
      int end = site.specifier.lastIndexOf('/') + 1;
      details
          .append("\nDid you mean \"")
          .append(site.specifier, 0, end)
          .append(nearest)
          .append("\"?");
    }
    return site.failure(
        Kind.MISSING_MODULE,
        "cannot find module \"" + site.specifier + "\"" + site.from(),
        details.toString());
  }

  /** How the entry file came to import this one: {@code app.ts -> lib/a.ts}; empty if directly. */
  private String chain(String importer) {
    Deque<String> chain = new ArrayDeque<>();
    for (String file = importer; file != null && chain.size() < MAX_CHAIN; ) {
      chain.addFirst(settings.shown(file));
      file = importers.get(Path.of(file));
    }
    return chain.size() < 2 ? "" : "\nImported by: " + String.join(" -> ", chain);
  }

  /** One import: who, and what. */
  private final class Site {
    private final @Nullable String importer;
    private final String specifier;

    Site(@Nullable String importer, String specifier) {
      this.importer = importer;
      this.specifier = specifier;
    }

    String from() {
      return importer == null ? "" : " imported from " + settings.shown(importer);
    }

    ScriptLoadException failure(Kind kind, String what, String why) {
      String file = importer;
      if (file == null) {
        return new ScriptLoadException(kind, what, why, null);
      }
      String source = texts.readQuietly(file);
      SourceMap.Place place = ImportSite.ofSpecifier(source, specifier);
      if (place == null) {
        return new ScriptLoadException(kind, what, why + chain(file), null);
      }
      var position = new Position(file, place.line(), place.column());
      String frame = CodeFrame.of(source, place.line(), place.column());
      return new ScriptLoadException(
          kind, what, position, settings.shown(position), frame + "\n" + why + chain(file), null);
    }
  }
}
