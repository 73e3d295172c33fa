package dev.runar.cli;

import dev.runar.Node;
import dev.runar.NodeConfig;
import dev.runar.RunarException;
import dev.runar.Shell;
import dev.runar.Tools;
import dev.runar.cli.control.ControlClient;
import dev.runar.cli.control.ControlFolder;
import dev.runar.cli.report.Ink;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code runar repl}: evaluates lines in a running node, or in one of its own. */
@Command(
    name = "repl",
    header = "Evaluates TypeScript line by line in a running node, or in one of its own.",
    footer = {
      "",
      "node, services and the SDK are there; top-level await works. .help lists the commands.",
      "",
      "Examples:",
      "  runar repl",
      "  echo 'await services.math.add(5, 3)' | runar repl --attach"
    })
final class ReplCommand implements Callable<Integer> {
  private final Surroundings surroundings;

  @Mixin private final TargetNode target = new TargetNode();
  @Mixin private final ConfigOptions config = new ConfigOptions();

  @Option(names = "--attach", description = "Only in a running node; fails when there is none.")
  private boolean attach;

  ReplCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() {
    surroundings.log().accept("warn", surroundings.terminal());
    ControlFolder folder = surroundings.folder().get();
    if (attach || target.isNamed() || hasNodes(folder)) {
      try (ControlClient node = target.connect(folder)) {
        node.info(); // one that does not answer is told of now
        return converse("in node " + node.name(), output -> target.connect(folder).shell(output));
      }
    }
    NodeConfig own = config.configuration(Path.of("repl").toAbsolutePath(), surroundings.configs());
    try (Node node = surroundings.nodes().apply(own, Tools.NONE)) {
      join(node.start());
      return converse("in a node of its own", output -> join(node.openShell(output)));
    }
  }

  private static boolean hasNodes(ControlFolder folder) {
    List<ControlClient> running = folder.connectAll();
    running.forEach(ControlClient::close);
    return !running.isEmpty();
  }

  /** How a shell is opened whose console writes there. */
  private interface Opening {
    Shell open(Consumer<String> output);
  }

  private int converse(String where, Opening opening) {
    var setup = new Setup(opening);
    try (LineSource lines = setup.lines) {
      if (lines.isInteractive()) {
        lines.show("runar " + Node.version() + ", " + where + ". Type .help for help.");
      }
      boolean passed = setup.repl.run();
      return passed || lines.isInteractive() ? ExitCode.OK.number() : ExitCode.FAILED.number();
    }
  }

  /** The lines need the shell to complete, the shell needs the lines to write to. */
  private final class Setup {
    final LineSource lines;
    final Repl repl;

    Setup(Opening opening) {
      Ink ink = Ink.of(System.getenv(), Ink.isTerminal());
      lines =
          Ink.isTerminal()
              ? TerminalLines.ofProcess(this::shell, ink, HistoryFile.ofUser(System.getenv()))
              : new PlainLines(surroundings.terminal());
      repl = new Repl(lines, () -> opening.open(lines::show));
    }

    private Shell shell() {
      return repl.shell();
    }
  }

  private static <T extends @Nullable Object> T join(
      java.util.concurrent.CompletableFuture<T> future) {
    try {
      return future.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RunarException error ? error : e;
    }
  }
}
