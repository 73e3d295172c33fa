package dev.runar.internal.script.module;

import dev.runar.internal.script.module.ScriptLoadException.Kind;
import dev.runar.spi.Disk;
import java.io.IOException;
import java.net.URI;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.AccessMode;
import java.nio.file.DirectoryStream;
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
import org.graalvm.polyglot.io.FileSystem;
import org.graalvm.polyglot.io.IOAccess;
import org.jspecify.annotations.Nullable;

/**
 * The modules of one script context, as the file system that the engine loads them from. Owner
 * thread of that context.
 *
 * <p>The engine asks for paths, attributes and bytes; it gets those of modules and of nothing else.
 * {@link ModulePath} resolves an import, this class compiles what is TypeScript and hands out the
 * bytes. Everything that would write, list or look around is refused. A {@code data:} import never
 * comes by here: the engine reads it itself; it reaches no file and can import nothing relative.
 */
public final class ScriptModules {
  private static final FileTime EPOCH = FileTime.fromMillis(0);

  /** Failures that the script may still hand back; older ones are explained by their message. */
  private static final int MAX_FAILURES = 64;

  private final ModuleSettings settings;
  private final ModuleTexts texts;
  private final ModuleResolver resolver;
  private final ScriptCompiler compiler;
  private final SourceMaps maps = new SourceMaps();
  private final Deque<ScriptLoadException> failures = new ArrayDeque<>();
  private boolean carriesSources;
  private boolean breaksAtStart;

  /**
   * The modules of a new context.
   *
   * @param compiler shared by all contexts of a node
   */
  public ScriptModules(ModuleSettings settings, Disk disk, ScriptCompiler compiler) {
    this.settings = settings;
    this.texts = new ModuleTexts(settings, disk);
    this.resolver = new ModuleResolver(settings, texts);
    this.compiler = compiler;
  }

  /** From now on compiled modules carry what they were compiled from, for a debugger. */
  public void carrySources() {
    carriesSources = true;
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

  ModuleSettings settings() {
    return settings;
  }

  /** The text of a module that was loaded as its author wrote it, or an empty one. */
  String text(String file) {
    return resolver.isLoaded(Path.of(file)) ? texts.readQuietly(file) : "";
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

  private byte[] load(Path file) throws ScriptLoadException {
    if (!resolver.admit(file)) {
      throw new ScriptLoadException(
          Kind.TOO_MANY,
          "cannot load " + settings.shown(file.toString()) + ": too many modules",
          "One script context may load " + settings.maxModules() + ".",
          null);
    }
    String source = texts.read(file);
    String name = file.toString();
    String code = name.endsWith(".ts") || name.endsWith(".mts") ? compiled(name, source) : source;
    if (breaksAtStart && !ModuleTexts.isVirtual(file)) {
      breaksAtStart = false;
      code = "debugger;" + code; // on the same line, so that every line keeps its number
    }
    return code.getBytes(StandardCharsets.UTF_8);
  }

  private String compiled(String file, String source) throws ScriptLoadException {
    try {
      Compiled output = compiler.compile(source);
      maps.add(file, output.mappings());
      return carriesSources
          ? output.code() + EmbeddedSource.comment(file, source, output.mappings())
          : output.code();
    } catch (TypeScript.SyntaxException e) {
      var position = new Position(file, e.line, e.column);
      throw new ScriptLoadException(
          Kind.SYNTAX,
          String.valueOf(e.getMessage()),
          position,
          settings.shown(position),
          CodeFrame.of(source, e.line, e.column) + "\nThe file is not valid TypeScript.",
          e);
    } catch (TypeScript.UnavailableException e) {
      throw new ScriptLoadException(
          Kind.NO_TYPESCRIPT,
          "cannot load " + settings.shown(file) + ": no TypeScript compiler for " + e.getMessage(),
          "TypeScript needs the native part of swc4j for this platform on the class path; plain"
              + " JavaScript (.js, .mjs) runs without it.",
          e);
    }
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
