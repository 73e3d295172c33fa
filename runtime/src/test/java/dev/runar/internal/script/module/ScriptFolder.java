package dev.runar.internal.script.module;

import dev.runar.spi.Disk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import org.graalvm.polyglot.Context;
import org.graalvm.polyglot.PolyglotException;
import org.graalvm.polyglot.Value;

/** A folder of scripts and a context that loads them. */
final class ScriptFolder implements AutoCloseable {
  final Path path;
  private ModuleSettings settings;
  private ScriptCompiler compiler = ScriptCompiler.inMemory();
  private Context context;
  ScriptImporter importer;

  ScriptFolder(Path folder) throws IOException {
    path = folder.toRealPath();
    settings =
        ModuleSettings.forEntry(path.resolve("app.ts"), path, Disk.system())
            .withSdkFolder("dev/runar/testsdk/")
            .withBuiltin("host", "export const greeting = 'hello from the host';");
  }

  ScriptFolder file(String name, String text) {
    try {
      Path file = path.resolve(name);
      Files.createDirectories(file.getParent());
      Files.writeString(file, text);
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  ScriptFolder compiler(ScriptCompiler other) {
    compiler = other;
    return this;
  }

  ScriptFolder limits(long fileBytes, int modules) {
    settings = settings.withLimits(fileBytes, modules);
    return this;
  }

  private void load(String entry, AtomicReference<Value> result, AtomicReference<Value> reason) {
    var modules = new ScriptModules(settings, Disk.system(), compiler);
    context = ScriptOptions.forModules(Context.newBuilder("js"), modules).build();
    importer = ScriptImporter.install(context, modules, part -> null);
    importer.load(
        path.resolve(entry),
        arguments -> set(result, arguments[0]),
        arguments -> set(reason, arguments[0]));
  }

  /** The exports of a module. */
  Value load(String entry) {
    var result = new AtomicReference<Value>();
    var reason = new AtomicReference<Value>();
    load(entry, result, reason);
    if (reason.get() != null) {
      throw new AssertionError(explained(reason.get()).getMessage());
    }
    return result.get();
  }

  /** Why a module cannot be loaded. */
  ScriptLoadException failure(String entry) {
    var result = new AtomicReference<Value>();
    var reason = new AtomicReference<Value>();
    load(entry, result, reason);
    if (reason.get() == null) {
      throw new AssertionError("loaded: " + result.get());
    }
    return explained(reason.get());
  }

  private static Object set(AtomicReference<Value> reference, Value value) {
    reference.set(value);
    return value;
  }

  private ScriptLoadException explained(Value reason) {
    try {
      throw reason.throwException();
    } catch (PolyglotException e) {
      return importer.explain(e);
    }
  }

  @Override
  public void close() {
    if (context != null) {
      context.close(true);
    }
  }
}
