package dev.runar.internal.script.module;

import java.io.IOException;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import org.jspecify.annotations.Nullable;

/**
 * The path of a module, or of the lack of one. Immutable; any thread.
 *
 * <p>The engine finds the module that an import names by {@code
 * importer.resolveSibling(specifier)}. Here that call <em>is</em> the resolver: it gets the text of
 * the import as it was written, literal or computed, together with the file that it stands in. So
 * no source text has to be rewritten, no specifier has to be found in it, and every column stays
 * where its author put it. An import that leads nowhere gives a path that carries the failure,
 * which is thrown when the engine touches the file.
 */
final class ModulePath implements Path {
  private final ModuleResolver resolver;
  private final Path path;
  private final @Nullable ScriptLoadException failure;

  ModulePath(ModuleResolver resolver, Path path, @Nullable ScriptLoadException failure) {
    this.resolver = resolver;
    this.path = path;
    this.failure = failure;
  }

  /** The plain path, if there is a module. */
  Path file() throws ScriptLoadException {
    if (failure != null) {
      throw failure;
    }
    return path;
  }

  boolean isFound() {
    return failure == null;
  }

  @Override
  public ModulePath resolveSibling(String specifier) {
    return resolver.path(path.toString(), specifier);
  }

  @Override
  public Path resolveSibling(Path other) {
    return resolveSibling(other.toString());
  }

  private ModulePath wrap(Path other) {
    return new ModulePath(resolver, other, failure);
  }

  private static Path unwrap(Path other) {
    return other instanceof ModulePath module ? module.path : other;
  }

  @Override
  public FileSystem getFileSystem() {
    return path.getFileSystem();
  }

  @Override
  public boolean isAbsolute() {
    return path.isAbsolute();
  }

  @Override
  public @Nullable Path getRoot() {
    return path.getRoot();
  }

  @Override
  public @Nullable Path getFileName() {
    return path.getFileName();
  }

  @Override
  public @Nullable Path getParent() {
    Path parent = path.getParent();
    return parent == null ? null : wrap(parent);
  }

  @Override
  public int getNameCount() {
    return path.getNameCount();
  }

  @Override
  public Path getName(int index) {
    return path.getName(index);
  }

  @Override
  public Path subpath(int beginIndex, int endIndex) {
    return path.subpath(beginIndex, endIndex);
  }

  @Override
  public boolean startsWith(Path other) {
    return path.startsWith(unwrap(other));
  }

  @Override
  public boolean endsWith(Path other) {
    return path.endsWith(unwrap(other));
  }

  @Override
  public Path normalize() {
    return wrap(path.normalize());
  }

  @Override
  public Path resolve(Path other) {
    return wrap(path.resolve(unwrap(other)));
  }

  @Override
  public Path relativize(Path other) {
    return path.relativize(unwrap(other));
  }

  @Override
  public URI toUri() {
    return path.toUri();
  }

  @Override
  public Path toAbsolutePath() {
    return path.isAbsolute() ? this : wrap(path.toAbsolutePath());
  }

  @Override
  public Path toRealPath(LinkOption... options) throws IOException {
    return wrap(file().toRealPath(options));
  }

  @Override
  public WatchKey register(
      WatchService watcher, WatchEvent.Kind<?>[] events, WatchEvent.Modifier... modifiers)
      throws IOException {
    return file().register(watcher, events, modifiers);
  }

  @Override
  public int compareTo(Path other) {
    return path.compareTo(unwrap(other));
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ModulePath module && module.path.equals(path);
  }

  @Override
  public int hashCode() {
    return path.hashCode();
  }

  @Override
  public String toString() {
    return path.toString();
  }
}
