package dev.runar.cli;

import dev.runar.Payload;
import dev.runar.cli.contract.JsonObject;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code runar actions}: what can be called. */
@Command(name = "actions", header = "Lists the actions of a node.")
final class ActionsCommand implements Callable<Integer> {
  @Mixin private final RunningNode node;

  ActionsCommand(Surroundings surroundings, Output output) {
    this.node = new RunningNode(surroundings, output);
  }

  @Override
  public Integer call() {
    return node.show("$registry/actions/list", ActionsCommand::table);
  }

  private static List<String> table(Payload list) {
    var table = new Table("ACTION", "VERSION", "VISIBILITY", "HTTP", "DESCRIPTION");
    for (Object each : list.asList()) {
      JsonObject action = JsonObject.of(each);
      if (!action.text("service").startsWith("$")) {
        JsonObject http = action.object("http");
        table.row(
            List.of(
                action.text("path") + signature(action),
                action.text("version"),
                action.text("visibility").toLowerCase(Locale.ROOT),
                (http.text("method") + " " + http.text("path")).strip(),
                action.text("description")));
      }
    }
    return table.lines();
  }

  private static String signature(JsonObject action) {
    List<String> params = action.texts("params");
    String stream = action.flag("stream") ? " stream" : "";
    return (params.isEmpty() ? "" : "(" + String.join(", ", params) + ")") + stream;
  }
}
