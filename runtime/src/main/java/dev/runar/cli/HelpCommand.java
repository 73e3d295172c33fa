package dev.runar.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code runar help}: of the whole, with the exit codes, or of one command. */
@Command(name = "help", header = "Shows the help of a command, or of all with the exit codes.")
final class HelpCommand implements Callable<Integer> {
  private final Output output;

  @SuppressWarnings("NullAway.Init") // set by picocli
  @Spec
  private CommandSpec spec;

  @Parameters(paramLabel = "COMMAND", arity = "0..1", description = "Such as call.")
  private @Nullable String command;

  HelpCommand(Output output) {
    this.output = output;
  }

  @Override
  public Integer call() {
    CommandLine root = spec.root().commandLine();
    if (command == null) {
      root.usage(output.outWriter());
      return ExitCode.OK.number();
    }
    CommandLine chosen = root.getSubcommands().get(command);
    if (chosen == null) {
      throw new ParameterException(
          root,
          "unknown command '"
              + command
              + "'"
              + Suggestions.ask(command, root.getSubcommands().keySet()));
    }
    chosen.usage(output.outWriter());
    return ExitCode.OK.number();
  }
}
