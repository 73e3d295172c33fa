package dev.runar.cli;

import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code runar services}: what a node offers. */
@Command(name = "services", header = "Lists the services of a node.")
final class ServicesCommand implements Callable<Integer> {
  @Mixin private final RunningNode node;

  ServicesCommand(Surroundings surroundings, Output output) {
    this.node = new RunningNode(surroundings, output);
  }

  @Override
  public Integer call() {
    return node.show(ServiceList.PATH, list -> table(ServiceList.ofUser(list)));
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
