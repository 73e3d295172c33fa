import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Puts what {@code js-sdk/polyfills} takes from npm into the jar: one script for each file of its
 * {@code entries}. Runs {@code npm ci} first if what its lock file names is not there.
 *
 * <p>Usage: {@code BundlePolyfills.java PACKAGE TARGET}. Does nothing if the output is newer.
 */
public final class BundlePolyfills {
  private BundlePolyfills() {}

  public static void main(String[] arguments) throws Exception {
    Path source = Path.of(arguments[0]).toAbsolutePath().normalize();
    Path target = Files.createDirectories(Path.of(arguments[1])).toAbsolutePath();
    List<Path> inputs = inputs(source);
    List<Path> outputs =
        inputs.stream()
            .filter(file -> file.getParent().endsWith("entries"))
            .map(file -> target.resolve(file.getFileName().toString().replace(".mjs", ".js")))
            .toList();
    if (oldest(outputs) >= newest(inputs)) {
      return;
    }
    Path installed = source.resolve("node_modules/.package-lock.json");
    Path locked = source.resolve("package-lock.json");
    if (installed.toFile().lastModified() < locked.toFile().lastModified()) {
      run(source, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error");
      installed.toFile().setLastModified(System.currentTimeMillis());
    }
    run(source, "node", "bundle.mjs", target.toString());
  }

  private static List<Path> inputs(Path source) throws IOException {
    try (Stream<Path> entries = Files.list(source.resolve("entries"))) {
      Stream<Path> others =
          Stream.of("package-lock.json", "bundle.mjs", "empty.mjs", "tr46.cjs")
              .map(source::resolve);
      return Stream.concat(entries, others).sorted().toList();
    }
  }

  /** 0 if one is missing. */
  private static long oldest(List<Path> files) {
    return files.stream().mapToLong(file -> file.toFile().lastModified()).min().orElse(0);
  }

  private static long newest(List<Path> files) {
    return files.stream().mapToLong(file -> file.toFile().lastModified()).max().orElse(0);
  }

  private static void run(Path folder, String... command) throws Exception {
    int status;
    try {
      status = new ProcessBuilder(command).directory(folder.toFile()).inheritIO().start().waitFor();
    } catch (IOException e) {
      throw new IOException(
          "the build needs Node.js 20 and npm for what it takes from npm: " + e.getMessage(), e);
    }
    if (status != 0) {
      throw new IOException(String.join(" ", command) + " ended with " + status);
    }
  }
}
