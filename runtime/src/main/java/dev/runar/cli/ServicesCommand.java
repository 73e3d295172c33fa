package dev.runar.cli;

import dev.runar.Payload;
import dev.runar.cli.control.ControlClient;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code runar services}: what a node offers. */
@Command(name = "services", header = "Lists the services of a node.")
final class ServicesCommand implements Callable<Integer> {
  private final Surroundings surroundings;
  private final Output output;

  @Mixin private final TargetNode target = new TargetNode();

  ServicesCommand(Surroundings surroundings, Output output) {
    this.surroundings = surroundings;
    this.output = output;
  }

  @Override
  public Integer call() {
    try (ControlClient node = target.connect(surroundings.folder().get())) {
      Payload list = node.request(ServiceList.PATH, Payload.of(null), ControlClient.PATIENCE);
      if (output.isJson()) {
        output.line(Output.jsonOf(list));
      } else {
        table(ServiceList.ofUser(list)).forEach(output::line);
      }
      return ExitCode.OK.number();
    }
  }

  private static List<String> table(List<ServiceList.Row> services) {
    var rows = new ArrayList<List<String>>();
    rows.add(List.of("PATH", "NAME", "VERSION", "STATE", "ACTIONS"));
    for (ServiceList.Row service : services) {
      String actions =
          service.actions().stream()
              .map(ServiceList.Action::signature)
              .collect(Collectors.joining(", "));
      rows.add(
          List.of(service.path(), service.name(), service.version(), service.state(), actions));
    }
    return aligned(rows);
  }

  /** Every column but the last is as wide as its longest cell. */
  private static List<String> aligned(List<List<String>> rows) {
    int last = rows.getFirst().size() - 1;
    var lines = new ArrayList<String>();
    for (List<String> row : rows) {
      var line = new StringBuilder();
      for (int column = 0; column < last; column++) {
        int at = column;
        int width = rows.stream().mapToInt(other -> other.get(at).length()).max().orElse(0);
        String cell = row.get(column);
        line.append(cell).append(" ".repeat(width - cell.length() + 2));
      }
      lines.add(line.append(row.get(last)).toString().stripTrailing());
    }
    return lines;
  }
}
