package dev.runar.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/**
 * {@code runar dev}: as {@code run}, and loads the script anew whenever one of its files changes.
 */
@Command(
    name = "dev",
    header = "Runs a script, and loads it anew when its files change.",
    footer = {
      "",
      "A new version takes over when it has loaded and started; until then, and if it fails, the"
          + " one before goes on. Clients stay connected.",
      "",
      "Examples:",
      "  runar dev app.ts",
      "  runar dev app.ts --port 8080"
    })
final class DevCommand implements Callable<Integer> {
  private final Hosting hosting;
  private final Output output;

  @Mixin private final RunOptions options = new RunOptions();

  @Parameters(paramLabel = "FILE", description = "The script: .ts, .mts, .js or .mjs")
  private Path file = Path.of("");

  DevCommand(Hosting hosting, Output output) {
    this.hosting = hosting;
    this.output = output;
  }

  @Override
  public Integer call() throws InterruptedException {
    return hosting.host(
        file,
        options,
        (node, script, asked) -> {
          var development = new Development(node, script, output);
          development.begin(asked);
          return development::close;
        });
  }
}
