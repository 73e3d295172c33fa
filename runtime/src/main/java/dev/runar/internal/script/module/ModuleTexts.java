package dev.runar.internal.script.module;

import dev.runar.internal.script.module.ScriptLoadException.Kind;
import dev.runar.spi.Disk;
import dev.runar.spi.FileTooLargeException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The texts of modules as their authors wrote them: files, the SDK in the jar, virtual modules. Any
 * thread.
 */
final class ModuleTexts {
  private static final Path SDK = Path.of("/runar-sdk").toAbsolutePath();
  private static final Path BUILTIN = Path.of("/runar-builtin").toAbsolutePath();
  private static final Path NODE = Path.of("/runar-node").toAbsolutePath();
  private static final Path TEXT = Path.of("/runar-text").toAbsolutePath();
  private static final String NODE_FOLDER = "dev/runar/internal/script/node/";

  private final ModuleSettings settings;
  private final Disk disk;

  /** What was read of the disk; no more than there are modules. */
  private final Set<Path> files = ConcurrentHashMap.newKeySet();

  ModuleTexts(ModuleSettings settings, Disk disk) {
    this.settings = settings;
    this.disk = disk;
  }

  /** The virtual path of a module of the SDK. */
  static Path sdk(String name) {
    return SDK.resolve(name);
  }

  /** The virtual path of a module that the host gives. */
  static Path builtin(String name) {
    return BUILTIN.resolve(name + ".js");
  }

  /** The virtual path of a module of Node.js, by its name with an extension. */
  static Path node(String name) {
    return NODE.resolve(name);
  }

  /** The virtual path of a package that a module of Node.js is made of. */
  static Path nodePackage(String name) {
    String bare = name.endsWith("/") ? name.substring(0, name.length() - 1) : name;
    return NodeModules.isAvailable(bare) ? node(bare + ".js") : node("npm/" + bare + "/index.js");
  }

  static boolean isNode(Path path) {
    return path.startsWith(NODE);
  }

  /** The virtual path of a file that is imported as text. */
  static Path asText(Path file) {
    return TEXT.resolve(file.subpath(0, file.getNameCount()) + ".js");
  }

  static boolean isText(Path path) {
    return path.startsWith(TEXT);
  }

  /** The file behind {@link #asText}. */
  private static Path textFile(Path path) {
    String name = String.valueOf(path.getFileName());
    Path file = path.resolveSibling(name.substring(0, name.length() - ".js".length()));
    return TEXT.getRoot().resolve(TEXT.relativize(file));
  }

  /** Stands in for the path of a module that was not found. */
  static Path nothing() {
    return BUILTIN.resolve("not-found");
  }

  static boolean isVirtual(Path path) {
    return path.startsWith(SDK)
        || path.startsWith(BUILTIN)
        || path.startsWith(NODE)
        || path.startsWith(TEXT);
  }

  /** Whether a module is there, virtual or on disk. */
  boolean isFile(Path path) {
    if (!isVirtual(path)) {
      return disk.exists(path) && !disk.isDirectory(path);
    }
    if (isText(path)) {
      return isFile(textFile(path));
    }
    if (isNode(path) && !path.toString().endsWith(".js")) {
      return false; // a folder is a resource too
    }
    return path.startsWith(BUILTIN)
        ? settings.builtins().containsKey(builtinName(path))
        : ModuleTexts.class.getClassLoader().getResource(resourceName(path)) != null;
  }

  /** The text of a module, without a byte order mark and with a harmless first line. */
  String read(Path path) throws ScriptLoadException {
    if (isText(path)) {
      return read(textFile(path));
    }
    try {
      String builtin = isVirtual(path) ? settings.builtins().get(builtinName(path)) : null;
      if (path.startsWith(BUILTIN) && builtin != null) {
        return builtin;
      }
      if (!isVirtual(path)) {
        files.add(path);
      }
      byte[] bytes = isVirtual(path) ? resource(path) : disk.read(path, settings.maxFileBytes());
      return withoutPrologue(decode(path, bytes));
    } catch (FileTooLargeException e) {
      throw new ScriptLoadException(
          Kind.TOO_LARGE,
          settings.shown(path.toString())
              + " is larger than a script may be ("
              + settings.maxFileBytes()
              + " bytes)",
          "Load large data at run time, or raise the limit on the size of a script file.",
          e);
    } catch (ScriptLoadException e) {
      throw e;
    } catch (IOException e) {
      throw new ScriptLoadException(
          Kind.UNREADABLE,
          "cannot read " + settings.shown(path.toString()),
          "The file system says: " + e.getClass().getSimpleName() + " " + e.getMessage(),
          e);
    }
  }

  /** The files that were read so far, those that could not be read too; grows. */
  Set<Path> files() {
    return Collections.unmodifiableSet(files);
  }

  /** The text of a module, or an empty one: for code frames. */
  String readQuietly(String path) {
    try {
      return read(Path.of(path));
    } catch (ScriptLoadException e) {
      return "";
    }
  }

  private byte[] resource(Path path) throws IOException {
    try (InputStream in =
        ModuleTexts.class.getClassLoader().getResourceAsStream(resourceName(path))) {
      if (in == null) {
        throw new IOException("not on the class path: " + resourceName(path));
      }
      return in.readAllBytes();
    }
  }

  private String resourceName(Path path) {
    String name =
        isNode(path)
            ? NODE_FOLDER + NODE.relativize(path)
            : settings.sdkFolder() + SDK.relativize(path);
    return name.replace('\\', '/');
  }

  private static String builtinName(Path path) {
    String name = String.valueOf(path.getFileName());
    return name.endsWith(".js") ? name.substring(0, name.length() - 3) : name;
  }

  private String decode(Path path, byte[] bytes) throws ScriptLoadException {
    var buffer = ByteBuffer.wrap(bytes);
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(buffer).toString();
    } catch (CharacterCodingException e) {
      int bad = buffer.position();
      int line = 1;
      int lineStart = 0;
      for (int i = 0; i < bad; i++) {
        if (bytes[i] == '\n') {
          line++;
          lineStart = i + 1;
        }
      }
      var before = new String(bytes, lineStart, bad - lineStart, StandardCharsets.UTF_8);
      var position = new Position(path.toString(), line, before.length() + 1);
      throw new ScriptLoadException(
          Kind.NOT_UTF8,
          "the file is not UTF-8: byte 0x%02x at offset %d".formatted(bytes[bad], bad),
          position,
          settings.shown(position),
          "Save the file as UTF-8.",
          e);
    }
  }

  /** A byte order mark goes; a {@code #!} line becomes a comment of the same length. */
  private static String withoutPrologue(String text) {
    String plain = text.startsWith("\uFEFF") ? text.substring(1) : text;
    return plain.startsWith("#!") ? "//" + plain.substring(2) : plain;
  }

  /** The names beside a missing file, for suggestions. */
  List<String> names(@Nullable Path folder) {
    return folder == null || isVirtual(folder) ? List.of() : disk.names(folder, 1000);
  }

  boolean isDirectory(Path path) {
    return !isVirtual(path) && disk.isDirectory(path);
  }

  Path realPath(Path path) throws IOException {
    return isVirtual(path) ? path.normalize() : disk.realPath(path);
  }
}
