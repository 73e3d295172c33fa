package dev.runar.internal.script;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;

/**
 * Popular packages, installed by npm at the versions of {@code src/test/packages}, do a piece of
 * their work inside a script. What is installed is kept in {@code target/packages}.
 */
@Timeout(300)
class PackagesTest {
  private static final Path SOURCES = Path.of("src/test/packages");
  static final Path INSTALLED = Path.of("target/packages");

  @TestFactory
  Stream<DynamicTest> everyPackage() throws Exception {
    Assumptions.assumeTrue(hasNpm(), "NO PACKAGE IS TESTED: npm is not on this machine");
    install();
    List<String> checks = checks();
    assertThat(checks).hasSizeGreaterThanOrEqualTo(25);
    return checks.stream().map(name -> DynamicTest.dynamicTest(name, () -> check(name)));
  }

  private static void check(String name) throws Exception {
    Path script = INSTALLED.resolve("checks/" + name + ".ts");
    ScriptRun.of(script);
  }

  private static List<String> checks() throws IOException {
    try (var files = Files.list(SOURCES.resolve("checks"))) {
      return files
          .map(file -> file.getFileName().toString().replace(".ts", ""))
          .filter(name -> !name.equals("is"))
          .sorted()
          .toList();
    }
  }

  static boolean hasNpm() throws InterruptedException {
    try {
      Process npm = new ProcessBuilder("npm", "--version").redirectErrorStream(true).start();
      npm.getInputStream().transferTo(java.io.OutputStream.nullOutputStream());
      return npm.waitFor(30, TimeUnit.SECONDS) && npm.exitValue() == 0;
    } catch (IOException missing) {
      return false;
    }
  }

  /** Copies the checks; asks npm only if the lock file is another than last time. */
  static void install() throws IOException, InterruptedException {
    Files.createDirectories(INSTALLED.resolve("checks"));
    try (var files = Files.list(SOURCES.resolve("checks"))) {
      for (Path file : files.toList()) {
        copy(file, INSTALLED.resolve("checks").resolve(file.getFileName()));
      }
    }
    copy(SOURCES.resolve("package.json"), INSTALLED.resolve("package.json"));
    Path lock = INSTALLED.resolve("package-lock.json");
    Path done = INSTALLED.resolve("node_modules/.installed");
    copy(SOURCES.resolve("package-lock.json"), lock);
    if (Files.exists(done) && Files.readString(done).equals(Files.readString(lock))) {
      return;
    }
    Process npm =
        new ProcessBuilder("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
            .directory(INSTALLED.toFile())
            .redirectErrorStream(true)
            .redirectOutput(INSTALLED.resolve("npm.log").toFile())
            .start();
    assertThat(npm.waitFor(4, TimeUnit.MINUTES)).as("npm ci ends").isTrue();
    assertThat(npm.exitValue()).as(Files.readString(INSTALLED.resolve("npm.log"))).isZero();
    Files.writeString(done, Files.readString(lock));
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING);
  }
}
