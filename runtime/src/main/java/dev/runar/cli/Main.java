package dev.runar.cli;

import dev.runar.Configuration;
import dev.runar.Node;
import dev.runar.cli.control.ControlFolder;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** The {@code runar} command. */
public final class Main {
  private Main() {}

  /** Runs one command and ends the process with its exit code. */
  public static void main(String[] arguments) {
    var colours = Colours.of(System.getenv(), Colours.ofProcess());
    var terminal =
        new Terminal(System.in, utf8(FileDescriptor.out), utf8(FileDescriptor.err), colours);
    var surroundings =
        new Surroundings(
            terminal,
            () -> ControlFolder.ofUser(System.getenv()),
            (config, tools) -> Node.builder().config(config).tools(tools).build(),
            (file, flags) ->
                Configuration.load(new Configuration.Sources(file, System.getenv(), flags)),
            new ProcessSignals(),
            NotifyingInitSystem.of(System.getenv(), ProcessHandle.current().pid()),
            Node.builder()::link,
            NodeLog::install);
    int exitCode = new Cli(surroundings).run(arguments);
    terminal.out().flush();
    terminal.err().flush();
    System.exit(exitCode);
  }

  /** What programs read is UTF-8 whatever the locale says. */
  private static PrintStream utf8(FileDescriptor descriptor) {
    return new PrintStream(new FileOutputStream(descriptor), true, StandardCharsets.UTF_8);
  }
}
