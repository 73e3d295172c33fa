package dev.runar.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code runar run}: hosts a script until the node is stopped or the process is asked to end. */
@Command(
    name = "run",
    header = "Runs a script as a node until it is stopped.",
    footer = {
      "",
      "SIGINT, SIGTERM and SIGHUP end it gracefully with exit code 0; a second one ends it at"
          + " once.",
      "",
      "Examples:",
      "  runar run app.ts",
      "  runar run app.ts --port 8080 --log-level debug"
    })
final class RunCommand implements Callable<Integer> {
  private final Hosting hosting;

  @Mixin private final RunOptions options = new RunOptions();

  @Parameters(paramLabel = "FILE", description = "The script: .ts, .mts, .js or .mjs")
  private Path file = Path.of("");

  RunCommand(Hosting hosting) {
    this.hosting = hosting;
  }

  @Override
  public Integer call() throws InterruptedException {
    return hosting.host(
        file,
        options,
        (node, script, asked) -> {
          Hosting.start(node, script, asked);
          return () -> {};
        });
  }
}
