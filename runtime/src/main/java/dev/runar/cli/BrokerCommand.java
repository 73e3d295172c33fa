package dev.runar.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code runar broker}: what goes without a script. */
@Command(
    name = "broker",
    header = "Runs the broker alone, as a server of the Pusher protocol.",
    synopsisSubcommandLabel = "COMMAND")
final class BrokerCommand implements Runnable {
  @SuppressWarnings("NullAway.Init") // set by picocli
  @Spec
  private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }
}
