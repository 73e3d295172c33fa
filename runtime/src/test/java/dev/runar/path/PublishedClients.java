package dev.runar.path;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Assumptions;

/**
 * Clients as npm has them, and the scripts that use them.
 *
 * @param name of their folder, beside {@code src/test/java}; they are installed in {@code target}
 */
record PublishedClients(String name) {
  private Path installed() {
    return Path.of("target").resolve(name);
  }

  /**
   * Runs a script to its end.
   *
   * @param seen gets each line that it prints, at once
   * @return the lines
   */
  List<String> run(Consumer<String> seen, String... scriptAndArguments) throws Exception {
    install();
    var command = new ArrayList<>(List.of("node"));
    command.addAll(List.of(scriptAndArguments));
    Process process =
        new ProcessBuilder(command)
            .directory(installed().toFile())
            .redirectErrorStream(true)
            .start();
    var lines = new ArrayList<String>();
    try (var out =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        lines.add(line);
        seen.accept(line);
      }
      assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    return lines;
  }

  /** Asks npm only if the lock file is another than last time. */
  private void install() throws IOException, InterruptedException {
    Files.createDirectories(installed());
    try (var files = Files.list(Path.of("src/test").resolve(name))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.copy(
            file, installed().resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
      }
    }
    Path done = installed().resolve("node_modules/.installed");
    String lock = Files.readString(installed().resolve("package-lock.json"));
    if (Files.exists(done) && Files.readString(done).equals(lock)) {
      return;
    }
    Path log = installed().resolve("npm.log");
    Process npm = npm(log);
    assertThat(npm.waitFor(4, TimeUnit.MINUTES)).as("npm ci ends").isTrue();
    assertThat(npm.exitValue()).as(Files.readString(log)).isZero();
    Files.writeString(done, lock);
  }

  private Process npm(Path log) throws IOException {
    try {
      return new ProcessBuilder("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
          .directory(installed().toFile())
          .redirectErrorStream(true)
          .redirectOutput(log.toFile())
          .start();
    } catch (IOException missing) {
      Assumptions.abort("NO CLIENT OF " + name + " IS TESTED: npm is not on this machine");
      throw missing;
    }
  }
}
