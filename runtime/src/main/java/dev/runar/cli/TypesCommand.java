package dev.runar.cli;

import dev.runar.cli.contract.TypeScriptTypes;
import dev.runar.cli.control.ControlClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code runar types}: TypeScript types of what a node offers. */
@Command(
    name = "types",
    header = "Writes TypeScript types of all that a node offers.",
    footer = {"", "Examples:", "  runar types --out services.d.ts"})
@SuppressWarnings("UnusedVariable") // picocli reads the options
final class TypesCommand implements Callable<Integer> {
  private final Output output;

  @Mixin private final RunningNode target;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "Where to write them; standard output otherwise.")
  private @Nullable Path file;

  TypesCommand(Surroundings surroundings, Output output) {
    this.target = new RunningNode(surroundings, output);
    this.output = output;
  }

  @Override
  public Integer call() throws IOException {
    try (ControlClient node = target.connect()) {
      String types = TypeScriptTypes.of(Describing.services(node));
      if (file == null) {
        output.line(types.stripTrailing());
      } else {
        Files.writeString(file, types);
      }
      return ExitCode.OK.number();
    }
  }
}
