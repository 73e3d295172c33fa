package dev.runar.cli;

import dev.runar.Payload;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code runar deliveries}: what became of events. */
@Command(
    name = "deliveries",
    header = "Lists subscriptions and what became of their events, or the dead letters.",
    footer = {"", "Examples:", "  runar deliveries", "  runar deliveries --dead"})
final class DeliveriesCommand implements Callable<Integer> {
  @Mixin private final RunningNode node;

  @Option(names = "--dead", description = "Lists the events that could not be handled.")
  private boolean dead;

  DeliveriesCommand(Surroundings surroundings, Output output) {
    this.node = new RunningNode(surroundings, output);
  }

  @Override
  public Integer call() {
    return dead
        ? node.show("$runtime/deadletters", DeliveriesCommand::letters)
        : node.show("$runtime/deliveries", DeliveriesCommand::subscriptions);
  }

  private static List<String> subscriptions(Payload answer) {
    var table =
        new Table(
            "PATTERN", "OWNER", "GROUP", "WAITING", "OLDEST", "HANDLED", "FAILED", "DROPPED",
            "RETRIED", "REFUSED", "LATE");
    for (Map<?, ?> each : entries(answer, "subscriptions")) {
      String owner = text(each, "owner");
      if (owner.startsWith("service $")) {
        continue;
      }
      boolean waits = !"0".equals(text(each, "waiting"));
      table.row(
          List.of(
              text(each, "pattern"),
              shown(owner) + (Boolean.TRUE.equals(each.get("active")) ? "" : " (ended)"),
              shown(text(each, "group")),
              text(each, "waiting"),
              waits ? text(each, "oldestWaitingMs") + " ms" : "-",
              text(each, "handled"),
              text(each, "failed"),
              text(each, "dropped"),
              text(each, "retried"),
              text(each, "refused"),
              text(each, "late")));
    }
    return table.lines();
  }

  private static List<String> letters(Payload answer) {
    var table = new Table("ID", "EVENT", "TOPIC", "OWNER", "ATTEMPTS", "ERROR");
    for (Map<?, ?> each : entries(answer, "letters")) {
      Map<?, ?> error = each.get("error") instanceof Map<?, ?> map ? map : Map.of();
      table.row(
          List.of(
              text(each, "id"),
              text(each, "event"),
              text(each, "topic"),
              shown(text(each, "owner")),
              text(each, "attempts"),
              firstLine(text(error, "code") + ": " + text(error, "message"))));
    }
    return table.lines();
  }

  static List<Map<?, ?>> entries(Payload answer, String key) {
    return answer.asMap().get(key) instanceof List<?> list
        ? list.stream().<Map<?, ?>>map(each -> each instanceof Map<?, ?> m ? m : Map.of()).toList()
        : List.of();
  }

  static String text(Map<?, ?> entry, String key) {
    @Nullable Object value = entry.get(key);
    return value == null ? "" : value.toString();
  }

  static String shown(String text) {
    return text.isEmpty() ? "-" : text;
  }

  static String firstLine(String text) {
    return text.lines().findFirst().orElse("");
  }
}
