package dev.runar.cli;

import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code runar completion}: a script for the shell. */
@Command(
    name = "completion",
    header = "Prints a completion script for bash or zsh.",
    footer = {"", "Use it with:", "  source <(runar completion bash)"})
final class CompletionCommand implements Callable<Integer> {
  /** The shells; one script serves both. */
  enum Shell {
    bash,
    zsh
  }

  private final Output output;

  @SuppressWarnings("NullAway.Init") // set by picocli
  @Spec
  private CommandSpec spec;

  @SuppressWarnings("UnusedVariable") // one script serves both; another shell is refused
  @Parameters(paramLabel = "SHELL", description = "${COMPLETION-CANDIDATES}")
  private Shell shell = Shell.bash;

  CompletionCommand(Output output) {
    this.output = output;
  }

  @Override
  public Integer call() {
    output.line(AutoComplete.bash("runar", spec.root().commandLine()));
    return ExitCode.OK.number();
  }
}
