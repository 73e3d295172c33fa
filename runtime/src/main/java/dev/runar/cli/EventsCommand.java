package dev.runar.cli;

import dev.runar.Payload;
import dev.runar.cli.contract.JsonObject;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code runar events}: what services listen to. */
@Command(name = "events", header = "Lists the events that the services of a node listen to.")
final class EventsCommand implements Callable<Integer> {
  @Mixin private final RunningNode node;

  EventsCommand(Surroundings surroundings, Output output) {
    this.node = new RunningNode(surroundings, output);
  }

  @Override
  public Integer call() {
    return node.show("$registry/events/list", EventsCommand::table);
  }

  private static List<String> table(Payload list) {
    var table = new Table("EVENT", "SERVICE", "VERSION", "STATE");
    for (Object each : list.asList()) {
      JsonObject event = JsonObject.of(each);
      table.row(
          List.of(
              event.text("path"),
              event.text("service"),
              event.text("version"),
              event.text("state")));
    }
    return table.lines();
  }
}
