package dev.runar.internal.script.module;

import dev.runar.internal.script.packages.Conditions;
import dev.runar.internal.script.packages.Packages;
import dev.runar.spi.Disk;
import java.io.IOException;
import java.net.URI;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.AccessMode;
import java.nio.file.DirectoryStream;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileTime;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.graalvm.polyglot.Source;
import org.graalvm.polyglot.io.FileSystem;
import org.graalvm.polyglot.io.IOAccess;
import org.jspecify.annotations.Nullable;

/**
 * The modules of one script context, as the file system that the engine loads them from. Owner
 * thread of that context.
 *
 * <p>The engine asks for paths, attributes and bytes; it gets those of modules and of nothing else.
 * {@link ModulePath} resolves an import, {@link ModuleReader} makes an ES module of whatever is
 * there, this class hands out the bytes. Everything that would write, list or look around is
 * refused. A {@code data:} import never comes by here: the engine reads it itself; it reaches no
 * file and can import nothing relative.
 */
public final class ScriptModules {
  private static final FileTime EPOCH = FileTime.fromMillis(0);

  /** The end of a line of a stack. */
  private static final Pattern PLACE = Pattern.compile("at (?:.*\\()?(.+):(\\d+):(\\d+)\\)?");

  /** Failures that the script may still hand back; older ones are explained by their message. */
  private static final int MAX_FAILURES = 64;

  private final ModuleSettings settings;
  private final ModuleTexts texts;
  private final ModuleResolver resolver;
  private final ModuleReader reader;
  private final ScriptCompiler compiler;
  private final SourceMaps maps = new SourceMaps();
  private final Excerpts excerpts;
  private final Deque<ScriptLoadException> failures = new ArrayDeque<>();
  private @Nullable CommonJs commonJs;
  private boolean breaksAtStart;

  /**
   * The modules of a new context.
   *
   * @param compiler shared by all contexts of a node
   */
  public ScriptModules(ModuleSettings settings, Disk disk, ScriptCompiler compiler) {
    this.settings = settings.withBuiltin(CommonJs.MODULE, CommonJs.MODULE_TEXT);
    this.texts = new ModuleTexts(this.settings, disk);
    var packages = new Packages(settings.roots(), disk);
    this.resolver = new ModuleResolver(this.settings, texts, packages);
    this.compiler = compiler;
    this.excerpts = new Excerpts(this.settings, texts, resolver::isLoaded);
    this.reader = new ModuleReader(this.settings, texts, resolver, packages, compiler, maps);
  }

  /** From now on compiled modules carry what they were compiled from, for a debugger. */
  public void carrySources() {
    reader.carrySources();
  }

  /** The first file, which is the entry, begins with a breakpoint. */
  public void breakAtStart() {
    breaksAtStart = true;
  }

  /** The access that a context of these modules is built with: to them and to nothing else. */
  public IOAccess access() {
    return IOAccess.newBuilder().fileSystem(new Files()).allowHostSocketAccess(false).build();
  }

  /** The source maps of what was loaded so far. */
  public SourceMaps maps() {
    return maps;
  }

  /** Shows the source of what was loaded so far. */
  public Excerpts excerpts() {
    return excerpts;
  }

  /** How the entry file came to import this one, as a line of a message; empty for the entry. */
  String trailTo(String file) {
    return resolver.trailTo(file);
  }

  /** Where the parts of an evaluated text with a name come from. */
  public void mapped(String name, String mappings) {
    maps.add(name, mappings);
  }

  /** The files that modules were read from so far. Any thread. */
  public Set<Path> files() {
    return texts.files();
  }

  ModuleSettings settings() {
    return settings;
  }

  /** The text of a module that was loaded as its author wrote it, or an empty one. */
  String text(String file) {
    return resolver.isLoaded(Path.of(file)) ? texts.readQuietly(file) : "";
  }

  /**
   * The source that a line of a stack, {@code at name (file:line:column)}, stands for; or an empty
   * text.
   */
  public String frame(String stackLine) {
    return frame(stackLine, file -> null);
  }

  /** As {@link #frame(String)}, of texts too that are no files and have a name only. */
  public String frame(String stackLine, Function<String, @Nullable String> named) {
    Matcher place = PLACE.matcher(stackLine);
    if (!place.matches()) {
      return "";
    }
    try {
      String known = named.apply(place.group(1));
      String file = settings.base().resolve(place.group(1)).toString();
      return CodeFrame.of(
          known == null ? text(file) : known,
          Integer.parseInt(place.group(2)),
          Integer.parseInt(place.group(3)));
    } catch (InvalidPathException | NumberFormatException namedByTheScript) {
      return "";
    }
  }

  /** The failure whose message the text of an error carries, if it is one of the last ones. */
  Optional<ScriptLoadException> failureIn(String message) {
    return failures.stream()
        .filter(f -> message.contains(String.valueOf(f.getMessage())))
        .findFirst();
  }

  /** An import whose URL cannot be read. */
  ScriptLoadException badUrl(String specifier, String why) {
    return resolver.badUrl(specifier, why);
  }

  private <E extends ScriptLoadException> E noted(E failure) {
    if (failures.size() == MAX_FAILURES) {
      failures.removeLast();
    }
    failures.addFirst(failure);
    return failure;
  }

  /** The file that a specifier means, for {@code require} and {@code import.meta.resolve}. */
  Path find(String importer, String specifier, Conditions conditions) throws ScriptLoadException {
    try {
      return resolver.found(importer, specifier, conditions);
    } catch (ScriptLoadException e) {
      throw noted(e);
    }
  }

  /** A module as {@code require} sees it. */
  record Opened(ModuleFormat format, String text) {}

  /** Reads a module that {@link #find} found. */
  Opened open(Path file) throws ScriptLoadException {
    try {
      String text = reader.text(resolver.checked(file));
      return new Opened(reader.format(file, text), text);
    } catch (ScriptLoadException e) {
      throw noted(e);
    }
  }

  /** Whether an import means a CommonJS module; false if it leads nowhere. */
  boolean isCommonJs(String importer, String specifier) {
    try {
      Path file = resolver.found(importer, specifier, Conditions.IMPORT);
      return reader.format(file, texts.read(file)) == ModuleFormat.COMMONJS;
    } catch (ScriptLoadException e) {
      return false;
    }
  }

  /** The source of a text, parsed once for all contexts that have it. */
  Source source(Path file, String text) {
    return compiler.sources().source(file, text);
  }

  /** Modules of Node.js come from here on. */
  void with(CommonJs loader) {
    commonJs = loader;
  }

  private byte[] load(Path file) throws ScriptLoadException {
    CommonJs loader = commonJs;
    String text =
        ModuleTexts.isNode(file) && loader != null
            ? EsFacade.of(file, loader.names(file))
            : reader.forEngine(file);
    if (breaksAtStart && !ModuleTexts.isVirtual(file)) {
      breaksAtStart = false;
      text = "debugger;" + text; // on the same line, so that every line keeps its number
    }
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** What the engine sees. */
  private final class Files implements FileSystem {
    @Override
    public Path parsePath(URI uri) {
      return resolver.path(uri);
    }

    /** An importer, by the absolute path it got here before; or an import from no file. */
    @Override
    public Path parsePath(String path) {
      Path plain = path.isEmpty() ? null : Path.of(path);
      return plain != null && plain.isAbsolute() && ModuleTexts.isVirtual(plain)
          ? new ModulePath(resolver, plain, null)
          : resolver.path(null, path);
    }

    private Path fileOf(Path path) throws IOException {
      if (!(path instanceof ModulePath module)) {
        throw denied(path);
      }
      try {
        return module.file();
      } catch (ScriptLoadException e) {
        throw noted(e);
      }
    }

    private static AccessDeniedException denied(Path path) {
      return new AccessDeniedException(path.toString(), null, "scripts have no access to files");
    }

    @Override
    public void checkAccess(Path path, Set<? extends AccessMode> modes, LinkOption... options)
        throws IOException {
      if (modes.contains(AccessMode.WRITE) || modes.contains(AccessMode.EXECUTE)) {
        throw denied(path);
      }
      if (!texts.isFile(fileOf(path))) {
        throw denied(path);
      }
    }

    @Override
    public SeekableByteChannel newByteChannel(
        Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
        throws IOException {
      if (options.stream().anyMatch(option -> option != StandardOpenOption.READ)) {
        throw denied(path);
      }
      Path file = fileOf(path);
      try {
        return new BytesChannel(load(file));
      } catch (ScriptLoadException e) {
        throw noted(e);
      }
    }

    @Override
    public Path toAbsolutePath(Path path) {
      return path;
    }

    /** Found modules are real paths already. */
    @Override
    public Path toRealPath(Path path, LinkOption... options) throws IOException {
      fileOf(path);
      return path;
    }

    @Override
    public Map<String, Object> readAttributes(Path path, String attributes, LinkOption... options)
        throws IOException {
      Path file = fileOf(path);
      if (!texts.isFile(file)) {
        throw denied(path);
      }
      var all = new HashMap<String, Object>();
      all.put("isRegularFile", true);
      all.put("isDirectory", false);
      all.put("isSymbolicLink", false);
      all.put("isOther", false);
      all.put("lastModifiedTime", EPOCH);
      all.put("lastAccessTime", EPOCH);
      all.put("creationTime", EPOCH);
      return all;
    }

    @Override
    public Charset getEncoding(Path path) {
      return StandardCharsets.UTF_8;
    }

    @Override
    public @Nullable String getMimeType(Path path) {
      return path.toString().endsWith(".json")
          ? "application/json"
          : "application/javascript+module";
    }

    @Override
    public void createDirectory(Path path, FileAttribute<?>... attributes) throws IOException {
      throw denied(path);
    }

    @Override
    public void delete(Path path) throws IOException {
      throw denied(path);
    }

    @Override
    public DirectoryStream<Path> newDirectoryStream(
        Path path, DirectoryStream.Filter<? super Path> filter) throws IOException {
      throw denied(path);
    }
  }
}
