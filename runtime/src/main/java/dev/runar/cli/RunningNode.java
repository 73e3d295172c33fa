package dev.runar.cli;

import dev.runar.Payload;
import dev.runar.cli.control.ControlClient;
import java.util.List;
import java.util.function.Function;
import picocli.CommandLine.Mixin;

/** The way of a command to the node that it asks: the option {@code --node}, and the answer. */
final class RunningNode {
  private final Surroundings surroundings;
  private final Output output;

  @Mixin private final TargetNode target = new TargetNode();

  RunningNode(Surroundings surroundings, Output output) {
    this.surroundings = surroundings;
    this.output = output;
  }

  /** Connects to it; the caller closes. Throws as {@link TargetNode#connect}. */
  ControlClient connect() {
    return target.connect(surroundings.folder().get());
  }

  /** As {@link #show(String, Payload, Function)}, for an action without input. */
  Integer show(String action, Function<Payload, List<String>> lines) {
    return show(action, Payload.of(null), lines);
  }

  /**
   * Asks an action and shows what it answers: as it is with {@code --json}, else line by line.
   *
   * @param lines the answer for people
   * @return the command's exit code
   */
  Integer show(String action, Payload input, Function<Payload, List<String>> lines) {
    try (ControlClient node = connect()) {
      Payload answer = node.request(action, input, ControlClient.PATIENCE);
      if (output.isJson()) {
        output.line(Output.jsonOf(answer));
      } else {
        lines.apply(answer).forEach(output::line);
      }
      return ExitCode.OK.number();
    }
  }
}
