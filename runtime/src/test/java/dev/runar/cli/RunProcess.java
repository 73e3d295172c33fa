package dev.runar.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A process of {@code runar run}, or another one, from its begin to its end. */
final class RunProcess {
  private final Path folder;

  /** How one has ended, and what it has said on both streams. */
  record Ended(int code, String output) {
    /** Without the line that the node is ready, which a script that ends at once may be before. */
    String withoutReady() {
      return output.replaceAll("(?m)^runar ready in .*\\n", "");
    }
  }

  /** Processes that work in this folder. */
  RunProcess(Path folder) {
    this.folder = folder;
  }

  /** Runs a script as a node without a port. */
  Ended run(Path script, String... options) throws Exception {
    var command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.runar.cli.Main",
                "run",
                script.getFileName().toString(),
                "--port",
                "-1",
                "--log-level",
                "warn"));
    command.addAll(List.of(options));
    var builder = new ProcessBuilder(command);
    builder.environment().put("XDG_RUNTIME_DIR", folder.toRealPath().toString());
    return end(builder);
  }

  Ended end(ProcessBuilder builder) throws Exception {
    Path output = folder.resolve("output.txt");
    Process process =
        builder
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("it ends").isTrue();
    } finally {
      process.destroyForcibly();
    }
    return new Ended(process.exitValue(), Files.readString(output));
  }
}
