package dev.runar.internal.script.module;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Compiles TypeScript, once for each text: the output is kept in memory and, if there is a folder
 * for it, on disk. Any thread; one instance serves all contexts of a node.
 *
 * <p>The key is the SHA-256 of the text and of the compiler's identity, so a new version of the
 * compiler finds nothing of the old one's. The least recently used text leaves memory first.
 */
public final class ScriptCompiler {
  private static final long MAX_MEMORY_BYTES = 32L << 20;

  /** What the folder may take unless said otherwise: 64 MiB. */
  public static final long DEFAULT_FOLDER_BYTES = 64L << 20;

  private final Supplier<TypeScript> compilers;
  private @Nullable TypeScript typeScript; // guarded by this
  private final @Nullable CompiledFiles files;
  private final Map<String, Compiled> memory = new LinkedHashMap<>(64, 0.75f, true);
  private long memoryBytes;
  private final LongAdder compiled = new LongAdder();
  private final ParsedSources sources = new ParsedSources();

  /**
   * Counts since the compiler was made.
   *
   * @param compiled files that the compiler ran for
   * @param corrupt cache entries on disk that were damaged and left out
   * @param unwritten cache entries that could not be written
   * @param evicted cache entries deleted to keep the folder's bound
   */
  public record Counts(long compiled, long corrupt, long unwritten, long evicted) {}

  ScriptCompiler(TypeScript typeScript, @Nullable CompiledFiles files) {
    this(() -> typeScript, files);
  }

  private ScriptCompiler(Supplier<TypeScript> compilers, @Nullable CompiledFiles files) {
    this.compilers = compilers;
    this.files = files;
  }

  /** Not {@code SwcTypeScript::new}: to link that would load it. */
  private static TypeScript swc() {
    try {
      return new SwcTypeScript();
    } catch (LinkageError notInstalled) {
      return new MissingTypeScript(notInstalled);
    }
  }

  /** A compiler that keeps its output in memory only. */
  public static ScriptCompiler inMemory() {
    return new ScriptCompiler(ScriptCompiler::swc, null);
  }

  /**
   * A compiler that also keeps its output in {@code folder}, so that the next start needs no
   * compiler.
   *
   * @param maxBytes the most that the folder may hold
   */
  public static ScriptCompiler cachingIn(Path folder, long maxBytes) {
    return new ScriptCompiler(ScriptCompiler::swc, new CompiledFiles(folder, maxBytes));
  }

  /** The sources of CommonJS modules, which all contexts share. */
  ParsedSources sources() {
    return sources;
  }

  Compiled compile(String source)
      throws TypeScript.SyntaxException, TypeScript.UnavailableException {
    String key = key(source);
    Compiled known = remembered(key);
    if (known != null) {
      return known;
    }
    Optional<Compiled> kept = files == null ? Optional.empty() : files.read(key);
    if (kept.isPresent()) {
      remember(key, kept.get());
      return kept.get();
    }
    Compiled fresh = typeScript().compile(source);
    compiled.increment();
    remember(key, fresh);
    if (files != null) {
      files.write(key, fresh);
    }
    return fresh;
  }

  /** Made at the first use: a node without scripts needs none, and may be installed without. */
  private synchronized TypeScript typeScript() {
    TypeScript made = typeScript;
    if (made == null) {
      made = compilers.get();
      typeScript = made;
    }
    return made;
  }

  private String key(String source) {
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      sha.update(typeScript().identity().getBytes(StandardCharsets.UTF_8));
      sha.update((byte) 0);
      return HexFormat.of().formatHex(sha.digest(source.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private @Nullable Compiled remembered(String key) {
    synchronized (memory) {
      return memory.get(key);
    }
  }

  private void remember(String key, Compiled value) {
    synchronized (memory) {
      Compiled before = memory.put(key, value);
      memoryBytes += value.bytes() - (before == null ? 0 : before.bytes());
      Iterator<Compiled> eldest = memory.values().iterator();
      while (memoryBytes > MAX_MEMORY_BYTES && eldest.hasNext()) {
        memoryBytes -= eldest.next().bytes();
        eldest.remove();
      }
    }
  }

  /** How often each thing happened. */
  public Counts counts() {
    CompiledFiles kept = files;
    return kept == null
        ? new Counts(compiled.sum(), 0, 0, 0)
        : new Counts(compiled.sum(), kept.corrupt(), kept.unwritten(), kept.evicted());
  }
}
