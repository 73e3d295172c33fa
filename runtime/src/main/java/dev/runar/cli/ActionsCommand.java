package dev.runar.cli;

import dev.runar.Payload;
import dev.runar.cli.contract.JsonObject;
import dev.runar.cli.control.ControlClient;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code runar actions}: what can be called. */
@Command(name = "actions", header = "Lists the actions of a node.")
final class ActionsCommand implements Callable<Integer> {
  private final Surroundings surroundings;
  private final Output output;

  @Mixin private final TargetNode target = new TargetNode();

  ActionsCommand(Surroundings surroundings, Output output) {
    this.surroundings = surroundings;
    this.output = output;
  }

  @Override
  public Integer call() {
    try (ControlClient node = target.connect(surroundings.folder().get())) {
      Payload list =
          node.request("$registry/actions/list", Payload.of(null), ControlClient.PATIENCE);
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
    rows.add(List.of("ACTION", "VERSION", "VISIBILITY", "HTTP", "DESCRIPTION"));
    for (Object each : list.asList()) {
      JsonObject action = JsonObject.of(each);
      if (!action.text("service").startsWith("$")) {
        JsonObject http = action.object("http");
        rows.add(
            List.of(
                action.text("path") + signature(action),
                action.text("version"),
                action.text("visibility").toLowerCase(Locale.ROOT),
                (http.text("method") + " " + http.text("path")).strip(),
                action.text("description")));
      }
    }
    return rows;
  }

  private static String signature(JsonObject action) {
    List<String> params = action.texts("params");
    String stream = action.flag("stream") ? " stream" : "";
    return (params.isEmpty() ? "" : "(" + String.join(", ", params) + ")") + stream;
  }
}
