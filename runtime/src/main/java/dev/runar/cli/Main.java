package dev.runar.cli;

import dev.runar.Node;
import dev.runar.NodeConfig;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.cli.control.ControlFolder;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** The {@code runar} command. */
public final class Main {
  private Main() {}

  /** Runs one command and ends the process with its exit code. */
  public static void main(String[] arguments) {
    var terminal = new Terminal(System.in, utf8(FileDescriptor.out), utf8(FileDescriptor.err));
    var surroundings =
        new Surroundings(
            terminal,
            () -> ControlFolder.ofUser(System.getenv()),
            Node::create,
            Main::readConfig,
            new ProcessSignals(),
            NodeLog::install);
    int exitCode = new Cli(surroundings).run(arguments);
    terminal.out().flush();
    terminal.err().flush();
    System.exit(exitCode);
  }

  private static NodeConfig readConfig(Path file, NodeConfig defaults) {
    throw new RunarException(
        Code.CONFIG, "this version reads no configuration file; remove " + file + ", use flags");
  }

  /** What programs read is UTF-8 whatever the locale says. */
  private static PrintStream utf8(FileDescriptor descriptor) {
    return new PrintStream(new FileOutputStream(descriptor), true, StandardCharsets.UTF_8);
  }
}
