package dev.runar.internal.script.module;

import dev.runar.internal.script.module.ScriptLoadException.Kind;
import dev.runar.internal.script.packages.Conditions;
import dev.runar.internal.script.packages.PackageException;
import dev.runar.internal.script.packages.Packages;
import dev.runar.internal.script.packages.Target;
import java.io.IOException;
import java.net.URI;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
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
 * SDK, a virtual module, a module of Node.js, a package. A file is found as written, with the
 * extension of TypeScript in place of JavaScript's, with an extension added, or as the index of a
 * folder, in this order.
 */
final class ModuleResolver {
  /** What scripts call the SDK and its parts, and the modules that these are. */
  private static final Map<String, String> SDK =
      Map.of("runar-ts", "index.js", "runar", "index.js", "runar-ts/test", "test/index.js");

  private static final String BUILTIN_SCHEME = "runar:";

  private final ModuleSettings settings;
  private final ModuleTexts texts;
  private final Packages packages;

  private final ImportTrail trail;

  /**
   * What was loaded, oldest first; any thread may look. Bounded: at most {@code maxModules} are
   * ever read.
   */
  private final Set<Path> loaded = Collections.synchronizedSet(new LinkedHashSet<>());

  /** What each module imports as text: the attribute is not told to a resolver. Same bound. */
  private final Map<Path, Set<String>> textImports = new HashMap<>();

  ModuleResolver(ModuleSettings settings, ModuleTexts texts, Packages packages) {
    this.settings = settings;
    this.texts = texts;
    this.packages = packages;
    this.trail = new ImportTrail(settings, texts);
  }

  /** Remembers that a loaded module imports something as text. */
  void importsAsText(Path importer, String specifier) {
    textImports.computeIfAbsent(importer, any -> new HashSet<>()).add(specifier);
  }

  /** Remembers a module that was read; false if that would be one too many. */
  boolean admit(Path file) {
    if (loaded.contains(file)) {
      return true;
    }
    return loaded.size() < settings.maxModules() && loaded.add(file);
  }

  /** A path that a script names itself: it has to lie where modules may. */
  Path checked(Path file) throws ScriptLoadException {
    return ModuleTexts.isVirtual(file)
        ? file
        : allowed(new Site(null, file.toString(), Conditions.REQUIRE), file);
  }

  /** Whether a module was read. Any thread. */
  boolean isLoaded(Path file) {
    return loaded.contains(file);
  }

  /** How the entry file came to import this one, as a line of a message; empty for the entry. */
  String trailTo(String file) {
    return trail.to(file);
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
    return new Site(importerOf(specifier), specifier, Conditions.IMPORT)
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
      return new ModulePath(this, found(importer, specifier, Conditions.IMPORT), null);
    } catch (ScriptLoadException e) {
      return new ModulePath(this, ModuleTexts.nothing(), e);
    }
  }

  /** The file that a specifier means in {@code importer}. */
  Path found(@Nullable String importer, String specifier, Conditions conditions)
      throws ScriptLoadException {
    var site = new Site(importer, specifier, conditions);
    Path found = find(site, specifier);
    trail.imported(found, importer);
    return found;
  }

  private Path find(Site site, String specifier) throws ScriptLoadException {
    if (specifier.startsWith(BUILTIN_SCHEME)) {
      return builtin(site, specifier.substring(BUILTIN_SCHEME.length()));
    }
    String sdk = SDK.get(specifier);
    if (sdk != null) {
      return ModuleTexts.sdk(sdk);
    }
    if (NodeModules.isAvailable(specifier)) {
      return ModuleTexts.node(NodeModules.bare(specifier) + ".js");
    }
    if (NodeModules.isMissing(specifier)) {
      throw missingOfNode(site);
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
      return file(site, folderMain(site, pathOf(site, site.importer)));
    }
    return packaged(site);
  }

  private static ScriptLoadException missingOfNode(Site site) {
    return site.failure(
        Kind.MISSING_MODULE,
        "cannot find module \"" + site.specifier + "\"" + site.from(),
        "Of the modules of Node.js, scripts have "
            + String.join(", ", NodeModules.available())
            + ".\nInstead: "
            + NodeModules.instead(site.specifier)
            + ".");
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
    settings.builtins().keySet().stream()
        .filter(name -> !name.equals(CommonJs.MODULE)) // for the loader's own texts
        .forEach(name -> names.add("\"" + BUILTIN_SCHEME + name + "\""));
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
    if (site.isText() && texts.isFile(wanted)) {
      return ModuleTexts.asText(inRoots(site, wanted));
    }
    for (Path candidate : ModuleFiles.candidates(wanted, texts.isDirectory(wanted))) {
      if (texts.isFile(candidate)) {
        return allowed(site, candidate);
      }
    }
    throw missing(site, wanted);
  }

  /** The real path of a file that scripts may import as code. */
  private Path allowed(Site site, Path found) throws ScriptLoadException {
    Path real = inRoots(site, found);
    if (!ModuleFiles.isModuleName(String.valueOf(real.getFileName()))) {
      throw site.failure(
          Kind.REFUSED,
          "cannot import \"" + site.specifier + "\": it is not a module",
          "A module's name ends in "
              + ModuleFiles.extensions(", ")
              + "; any file is imported as text with { type: \"text\" }.");
    }
    return real;
  }

  /** The real path of a file, which a link or a {@code ..} may not lead out of the roots. */
  private Path inRoots(Site site, Path found) throws ScriptLoadException {
    Path real = realPath(found);
    if (!ModuleTexts.isVirtual(real) && settings.roots().stream().noneMatch(real::startsWith)) {
      throw site.failure(
          Kind.REFUSED,
          "cannot import \"" + site.specifier + "\": it is outside of the project",
          real
              + " is not below "
              + settings.roots()
              + ".\n"
              + "The project is the nearest folder above the entry file with a package.json, and"
              + " the workspace that lists it; neither a link nor a \"..\" leads out of it.");
    }
    return real;
  }

  private Path realPath(Path found) {
    try {
      return texts.realPath(found);
    } catch (IOException goneMeanwhile) {
      return found;
    }
  }

  /** The one place where packages are looked for. */
  private Path packaged(Site site) throws ScriptLoadException {
    String importer = site.importer;
    if (importer != null && ModuleTexts.isVirtual(Path.of(importer))) {
      return file(site, ModuleTexts.nodePackage(site.specifier));
    }
    Path from = importer == null ? settings.base().resolve("import") : Path.of(importer);
    try {
      return switch (packages.find(from, site.specifier, site.conditions)) {
        case Target.Exact(Path file) when texts.isFile(file) -> allowed(site, file);
        case Target.Exact(Path file) -> throw missing(site, file);
        case Target.Like(Path path) -> file(site, mainOf(path));
        case Target.Other(String other) -> find(site, other);
      };
    } catch (PackageException e) {
      throw site.failure(Kind.MISSING_MODULE, e.what() + site.from(), e.why() + hint(site, from));
    }
  }

  private Path folderMain(Site site, Path path) throws ScriptLoadException {
    try {
      return mainOf(path);
    } catch (PackageException e) {
      throw site.failure(Kind.MISSING_MODULE, e.what() + site.from(), e.why());
    }
  }

  /** Of a folder that a package names, or that is required, its own main file counts. */
  private Path mainOf(Path path) throws PackageException {
    return texts.isDirectory(path) ? packages.main(path).orElse(path) : path;
  }

  /** Who leaves out the "./" of a file is told so. */
  private String hint(Site site, Path from) {
    boolean isFile =
        !site.specifier.startsWith("#")
            && ModuleFiles.candidates(from.resolveSibling(site.specifier), false).stream()
                .anyMatch(texts::isFile);
    return isFile ? "\nThe file beside is imported as \"./" + site.specifier + "\"." : "";
  }

  private ScriptLoadException missing(Site site, Path wanted) {
    Path folder = wanted.getParent();
    var details = new StringBuilder("There is no " + settings.shown(wanted.toString()));
    String name = String.valueOf(wanted.getFileName());
    boolean bare = !ModuleFiles.isModuleName(name);
    details.append(bare ? ", with or without one of " + ModuleFiles.extensions(" ") : "");
    details.append(bare && texts.isDirectory(wanted) ? ", and no index file in it." : ".");
    List<String> modules = texts.names(folder).stream().filter(ModuleFiles::isModuleName).toList();
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

  /** One import: who, and what. */
  private final class Site {
    private final @Nullable String importer;
    private final String specifier;
    private final Conditions conditions;

    Site(@Nullable String importer, String specifier, Conditions conditions) {
      this.importer = importer;
      this.specifier = specifier;
      this.conditions = conditions;
    }

    boolean isText() {
      return importer != null
          && textImports.getOrDefault(Path.of(importer), Set.of()).contains(specifier);
    }

    String from() {
      return importer == null ? "" : " imported from " + settings.shown(importer);
    }

    ScriptLoadException failure(Kind kind, String what, String why) {
      return trail.failure(importer, specifier, kind, what, why);
    }
  }
}
