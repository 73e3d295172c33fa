import com.caoccao.javet.swc4j.Swc4j;
import com.caoccao.javet.swc4j.enums.Swc4jImportsNotUsedAsValues;
import com.caoccao.javet.swc4j.enums.Swc4jMediaType;
import com.caoccao.javet.swc4j.enums.Swc4jParseMode;
import com.caoccao.javet.swc4j.enums.Swc4jSourceMapOption;
import com.caoccao.javet.swc4j.options.Swc4jTranspileOptions;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Puts the SDK of {@code js-sdk/src} into the jar as JavaScript with source maps beside, so that
 * scripts need no {@code npm install}. Types go; nothing else is rewritten.
 *
 * <p>Usage: {@code BundleSdk.java SOURCES TARGET}. Files whose output is newer are left alone.
 */
public final class BundleSdk {
  private BundleSdk() {}

  public static void main(String[] arguments) throws Exception {
    Path sources = Path.of(arguments[0]);
    Path target = Files.createDirectories(Path.of(arguments[1]));
    List<Path> modules = modules(sources);
    if (modules.isEmpty()) {
      throw new IOException("no TypeScript in " + sources.toAbsolutePath());
    }
    Map<Path, Path> outputs = new TreeMap<>();
    modules.forEach(module -> outputs.put(module, output(target, sources.relativize(module))));
    deleteStale(target, outputs.values());
    outputs.entrySet().removeIf(entry -> isFresh(entry.getKey(), entry.getValue()));
    if (outputs.isEmpty()) {
      return;
    }
    var compiler = new Swc4j(); // loads a native library: only when there is work
    for (var entry : outputs.entrySet()) {
      Files.createDirectories(entry.getValue().getParent());
      String name = sources.relativize(entry.getKey()).toString();
      transpile(compiler, entry.getKey(), name, entry.getValue());
    }
  }

  private static List<Path> modules(Path sources) throws IOException {
    try (var files = Files.walk(sources)) {
      return files
          .filter(file -> file.toString().endsWith(".ts") && !file.toString().endsWith(".d.ts"))
          .filter(file -> !isForPrograms(sources.relativize(file)))
          .sorted()
          .toList();
    }
  }

  /** What only programs in Node.js and Bun need: they have a node elsewhere, scripts are in one. */
  private static boolean isForPrograms(Path module) {
    return module.startsWith("link") || module.equals(Path.of("node-entry.ts"));
  }

  private static Path output(Path target, Path module) {
    return target.resolve(module.toString().replaceFirst("\\.ts$", ".js"));
  }

  private static void deleteStale(Path target, Collection<Path> expected) throws IOException {
    try (var files = Files.walk(target)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        if (!expected.contains(Path.of(file.toString().replaceFirst("\\.map$", "")))) {
          Files.delete(file);
        }
      }
    }
  }

  private static boolean isFresh(Path module, Path output) {
    long written = output.toFile().lastModified(); // 0 when there is none
    return written >= module.toFile().lastModified() && map(output).toFile().exists();
  }

  private static Path map(Path output) {
    return output.resolveSibling(output.getFileName() + ".map");
  }

  private static void transpile(Swc4j compiler, Path module, String name, Path output)
      throws Exception {
    var options =
        new Swc4jTranspileOptions()
            .setSpecifier(URI.create("file:///runar-ts/" + name).toURL())
            .setMediaType(Swc4jMediaType.TypeScript)
            .setParseMode(Swc4jParseMode.Module)
            .setSourceMap(Swc4jSourceMapOption.Separate)
            .setInlineSources(true)
            .setKeepComments(false)
            .setImportsNotUsedAsValues(Swc4jImportsNotUsedAsValues.Preserve)
            .setVerbatimModuleSyntax(true);
    var transpiled = compiler.transpile(Files.readString(module), options);
    Files.writeString(map(output), transpiled.getSourceMap());
    Files.writeString(
        output, transpiled.getCode() + "//# sourceMappingURL=" + map(output).getFileName() + "\n");
  }
}
