package dev.runar.cli;

import dev.runar.Payload;
import dev.runar.cli.control.ControlClient;
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
    var table = new Table("PATH", "NAME", "VERSION", "STATE", "ACTIONS");
    for (ServiceList.Row service : services) {
      String actions =
          service.actions().stream()
              .map(ServiceList.Action::signature)
              .collect(Collectors.joining(", "));
      table.row(
          List.of(service.path(), service.name(), service.version(), service.state(), actions));
    }
    return table.lines();
  }
}
