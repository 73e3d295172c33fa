package dev.runar.cli;

import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.cli.control.ControlClient;
import dev.runar.cli.control.ControlFolder;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The option {@code --node}: which of the running nodes a command talks to. */
final class TargetNode {
  @Option(
      names = "--node",
      paramLabel = "NAME",
      description = "The node to talk to: its name or process id. Needed if several are running.")
  private @Nullable String name;

  /** Whether one was chosen by its name. */
  boolean isNamed() {
    return name != null;
  }

  /**
   * Connects to the chosen node, or to the only one.
   *
   * @throws RunarException {@code NOT_RUNNING} when there is none, {@code CONFIG} when there are
   *     several and none was chosen
   */
  ControlClient connect(ControlFolder folder) {
    List<ControlClient> running = folder.connectAll();
    try {
      ControlClient chosen = name == null ? only(running) : named(running, name);
      running.stream().filter(client -> client != chosen).forEach(ControlClient::close);
      return chosen;
    } catch (RunarException e) {
      running.forEach(ControlClient::close);
      throw e;
    }
  }

  private static ControlClient only(List<ControlClient> running) {
    if (running.isEmpty()) {
      throw new RunarException(
          Code.NOT_RUNNING, "no node is running here; start one with: runar run app.ts");
    }
    if (running.size() > 1) {
      var message = new StringBuilder("several nodes are running; choose one with --node:");
      running.forEach(client -> message.append("\n  ").append(describe(client)));
      throw new RunarException(Code.CONFIG, message.toString());
    }
    return running.getFirst();
  }

  private static ControlClient named(List<ControlClient> running, String name) {
    return running.stream()
        .filter(client -> client.name().equals(name))
        .findFirst()
        .or(() -> byProcessId(running, name))
        .orElseThrow(() -> notRunning(running, name));
  }

  private static Optional<ControlClient> byProcessId(List<ControlClient> running, String name) {
    return name.chars().allMatch(Character::isDigit)
        ? running.stream()
            .filter(client -> Long.toString(client.info().pid()).equals(name))
            .findFirst()
        : Optional.empty();
  }

  private static RunarException notRunning(List<ControlClient> running, String name) {
    List<String> names = running.stream().map(ControlClient::name).toList();
    return new RunarException(
        Code.NOT_RUNNING,
        "no node named '"
            + name
            + "' is running here"
            + Suggestions.closest(name, names)
                .map(found -> "; did you mean " + found + "?")
                .orElse(
                    names.isEmpty()
                        ? "; start one with: runar run app.ts --name " + name
                        : "; there is " + String.join(", ", names)));
  }

  private static String describe(ControlClient client) {
    try {
      var info = client.info();
      return "%s  (process %d, %s)".formatted(info.name(), info.pid(), info.script());
    } catch (RunarException e) {
      return client.name() + "  (" + e.getMessage() + ")";
    }
  }
}
