package dev.runar.cli;

import dev.runar.Node;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** {@code runar} itself, and the options of every command. */
@Command(
    name = "runar",
    header = "Runs services written in TypeScript, and talks to them.",
    versionProvider = RootCommand.VersionLine.class,
    synopsisSubcommandLabel = "COMMAND",
    footer = {
      "",
      "Examples:",
      "  runar new my-app",
      "  runar run app.ts",
      "  runar dev app.ts",
      "  runar call math/add --a 5 --b 3",
      "  runar tail 'math/*'"
    })
@SuppressWarnings("UnusedVariable") // picocli reads the options
final class RootCommand implements Runnable {
  @SuppressWarnings("NullAway.Init") // set by picocli
  @Spec
  private CommandSpec spec;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      scope = ScopeType.INHERIT,
      description = "Shows this help.")
  private boolean help;

  @Option(
      names = {"-V", "--version"},
      versionHelp = true,
      description = "Shows the version.")
  private boolean version;

  @Option(
      names = "--json",
      scope = ScopeType.INHERIT,
      description = "Prints results and errors as JSON.")
  private boolean json;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }

  /** Made by picocli, only when asked. */
  static final class VersionLine implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {"runar " + Node.version()};
    }
  }
}
