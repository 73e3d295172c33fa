package dev.runar.cli;

import dev.runar.RunarException;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletionException;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Runs one command: parses the arguments, performs, and turns every failure into an exit code. */
final class Cli {
  private final Surroundings surroundings;

  Cli(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  /** The exit code. */
  int run(String... arguments) {
    // Usage errors are JSON, too, so this is known before the arguments are parsed.
    boolean json =
        Arrays.stream(arguments).takeWhile(word -> !word.equals("--")).anyMatch("--json"::equals);
    var output = new Output(surroundings.terminal(), json);
    return commandLine(output)
        .setParameterExceptionHandler((failure, words) -> usage(failure, output))
        .setExecutionExceptionHandler((failure, line, parsed) -> failure(failure, line, output))
        .execute(arguments);
  }

  private CommandLine commandLine(Output output) {
    var hosting = new Hosting(surroundings, output);
    var line =
        new CommandLine(new RootCommand())
            .addSubcommand("new", new NewCommand(output))
            .addSubcommand("run", new RunCommand(hosting))
            .addSubcommand(
                "broker",
                new CommandLine(new BrokerCommand())
                    .addSubcommand("start", new BrokerStartCommand(hosting, surroundings)))
            .addSubcommand("host", new HostCommand(surroundings))
            .addSubcommand("dev", new DevCommand(hosting, output))
            .addSubcommand("test", new TestCommand(surroundings, output))
            .addSubcommand("check", new CheckCommand(surroundings, output))
            .addSubcommand("repl", new ReplCommand(surroundings))
            .addSubcommand("call", new CallCommand(surroundings, output))
            .addSubcommand("publish", new PublishCommand(surroundings, output))
            .addSubcommand("tail", new TailCommand(surroundings, output))
            .addSubcommand("services", new ServicesCommand(surroundings, output))
            .addSubcommand(
                "config",
                new CommandLine(new ConfigCommand())
                    .addSubcommand("print", new ConfigCommand.Print(surroundings, output))
                    .addSubcommand("schema", new ConfigCommand.Schema(output)))
            .addSubcommand("actions", new ActionsCommand(surroundings, output))
            .addSubcommand("events", new EventsCommand(surroundings, output))
            .addSubcommand("describe", new DescribeCommand(surroundings, output))
            .addSubcommand("diff", new DiffCommand(surroundings, output))
            .addSubcommand("types", new TypesCommand(surroundings, output))
            .addSubcommand("deliveries", new DeliveriesCommand(surroundings, output))
            .addSubcommand("trace", new TraceCommand(surroundings, output))
            .addSubcommand("doctor", new DoctorCommand(surroundings, output))
            .addSubcommand("version", new VersionCommand(output))
            .addSubcommand("help", new HelpCommand(output))
            .addSubcommand("completion", new CompletionCommand(output));
    line.getCommandSpec()
        .usageMessage()
        .exitCodeListHeading("%nExit codes:%n")
        .exitCodeList(ExitCode.table());
    return line.setColorScheme(CommandLine.Help.defaultColorScheme(Ansi.OFF))
        .setUsageHelpAutoWidth(false)
        .setUsageHelpWidth(100)
        .setOut(output.outWriter())
        .setErr(output.errWriter());
  }

  private static int usage(ParameterException failure, Output output) {
    return usage(message(failure), failure.getCommandLine(), output);
  }

  private static int usage(String message, CommandLine line, Output output) {
    output.usageError(message, line.getCommandSpec().qualifiedName() + " --help");
    return ExitCode.USAGE.number();
  }

  private static String message(ParameterException failure) {
    if (!(failure instanceof UnmatchedArgumentException unmatched)
        || unmatched.getUnmatched().isEmpty()) {
      return String.valueOf(failure.getMessage());
    }
    CommandLine line = failure.getCommandLine();
    String word = unmatched.getUnmatched().getFirst();
    if (word.startsWith("-")) {
      String option = word.split("=", 2)[0];
      return "unknown option '" + option + "'" + Suggestions.ask(option, options(line));
    }
    Collection<String> commands = line.getSubcommands().keySet();
    return commands.isEmpty()
        ? "unexpected argument '" + word + "'"
        : "unknown command '" + word + "'" + Suggestions.ask(word, commands);
  }

  private static List<String> options(CommandLine line) {
    return List.copyOf(line.getCommandSpec().optionsMap().keySet());
  }

  private static int failure(Exception failure, CommandLine line, Output output) {
    if (failure instanceof CompletionException && failure.getCause() instanceof Exception cause) {
      return failure(cause, line, output);
    }
    if (failure instanceof PayloadArguments.UsageException wrong) {
      return usage(String.valueOf(wrong.getMessage()), line, output);
    }
    if (failure instanceof RunarException error) {
      output.error(error);
      return ExitCode.of(error.code()).number();
    }
    output.fault(failure);
    return ExitCode.INTERNAL.number();
  }
}
