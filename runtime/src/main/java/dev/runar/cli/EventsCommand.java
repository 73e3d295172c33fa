package dev.runar.cli;

import dev.runar.Payload;
import dev.runar.cli.contract.JsonObject;
import dev.runar.cli.control.ControlClient;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code runar events}: what services listen to. */
@Command(name = "events", header = "Lists the events that the services of a node listen to.")
final class EventsCommand implements Callable<Integer> {
  private final Surroundings surroundings;
  private final Output output;

  @Mixin private final TargetNode target = new TargetNode();

  EventsCommand(Surroundings surroundings, Output output) {
    this.surroundings = surroundings;
    this.output = output;
  }

  @Override
  public Integer call() {
    try (ControlClient node = target.connect(surroundings.folder().get())) {
      Payload list =
          node.request("$registry/events/list", Payload.of(null), ControlClient.PATIENCE);
      if (output.isJson()) {
        output.line(Output.jsonOf(list));
      } else {
        Table.lines(rows(list)).forEach(output::line);
      }
      return ExitCode.OK.number();
    }
  }

  private static List<List<String>> rows(Payload list) {
    var rows = new ArrayList<List<String>>();
    rows.add(List.of("EVENT", "SERVICE", "VERSION", "STATE"));
    for (Object each : list.asList()) {
      JsonObject event = JsonObject.of(each);
      rows.add(
          List.of(
              event.text("path"),
              event.text("service"),
              event.text("version"),
              event.text("state")));
    }
    return rows;
  }
}
