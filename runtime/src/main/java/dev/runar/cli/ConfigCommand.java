package dev.runar.cli;

import dev.runar.Configuration;
import dev.runar.Payload;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code runar config}: what is in effect, and what there is to set. */
@Command(
    name = "config",
    header = "Shows the configuration, and what can be set.",
    synopsisSubcommandLabel = "COMMAND",
    footer = {
      "",
      "Examples:",
      "  runar config print app.ts",
      "  RUNAR_SERVER_PORT=8080 runar config print --set limits.contexts=10",
      "  runar config schema > runar.schema.json"
    })
final class ConfigCommand implements Runnable {
  @SuppressWarnings("NullAway.Init") // set by picocli
  @Spec
  private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "say print or schema");
  }

  /** {@code runar config print}. */
  @Command(
      name = "print",
      header = "Prints every value that a script would run with, and where it comes from.")
  static final class Print implements Callable<Integer> {
    private final Surroundings surroundings;
    private final Output output;

    @Mixin private final ConfigOptions options = new ConfigOptions();

    @Parameters(
        paramLabel = "FILE",
        arity = "0..1",
        description = "The script whose runar.yaml is read; default: that of the working folder.")
    private Path file = Path.of("app.ts");

    Print(Surroundings surroundings, Output output) {
      this.surroundings = surroundings;
      this.output = output;
    }

    @Override
    public Integer call() {
      Configuration configuration =
          options.configuration(file.toAbsolutePath(), surroundings.configs(), java.util.Map.of());
      if (output.isJson()) {
        output.json(
            configuration.settings().stream()
                .map(
                    setting ->
                        Payload.object(
                                "key", setting.key(),
                                "value", setting.shown(),
                                "origin", setting.origin())
                            .value())
                .toList());
        return ExitCode.OK.number();
      }
      var table = new Table("KEY", "VALUE", "ORIGIN");
      for (Configuration.Setting setting : configuration.settings()) {
        table.row(List.of(setting.key(), setting.shown(), setting.origin()));
      }
      table.lines().forEach(output::line);
      return ExitCode.OK.number();
    }
  }

  /** {@code runar config schema}. */
  @Command(
      name = "schema",
      header = "Prints the JSON Schema of runar.yaml, for editors.",
      footer = {
        "",
        "An editor with the YAML language server uses it when the file begins with",
        "  # yaml-language-server: $schema=./runar.schema.json"
      })
  static final class Schema implements Callable<Integer> {
    private final Output output;

    Schema(Output output) {
      this.output = output;
    }

    @Override
    public Integer call() {
      try (InputStream in = Configuration.class.getResourceAsStream("runar.schema.json")) {
        if (in == null) {
          throw new IllegalStateException("this build carries no runar.schema.json");
        }
        new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().forEach(output::line);
        return ExitCode.OK.number();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
