package dev.runar.cli;

import dev.runar.Payload;
import dev.runar.PlainText;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code runar trace}: where one event went. */
@Command(
    name = "trace",
    header = "Shows where an event went, where it stopped and why.",
    footer = {"", "Examples:", "  runar trace 42"})
final class TraceCommand implements Callable<Integer> {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss.SSS", Locale.ROOT).withZone(ZoneId.systemDefault());

  @Mixin private final RunningNode node;

  @Parameters(paramLabel = "ID", description = "The event's id, as its receipt says it.")
  private long id;

  TraceCommand(Surroundings surroundings, Output output) {
    this.node = new RunningNode(surroundings, output);
  }

  @Override
  public Integer call() {
    return node.show("$runtime/trace", Payload.object("id", id), TraceCommand::lines);
  }

  private static List<String> lines(Payload trace) {
    Map<String, ?> event = trace.asMap();
    String publisher = DeliveriesCommand.text(event, "publisher");
    String head =
        "event %s %s at %s%s: matched %s, clients %s"
            .formatted(
                DeliveriesCommand.text(event, "id"),
                DeliveriesCommand.text(event, "topic"),
                TIME.format(
                    Instant.ofEpochMilli(
                        event.get("timestampMs") instanceof Number ms ? ms.longValue() : 0)),
                publisher.isEmpty() ? "" : " by " + publisher,
                DeliveriesCommand.text(event, "matched"),
                DeliveriesCommand.text(event, "clients"));
    List<Map<?, ?>> steps = DeliveriesCommand.entries(trace, "subscriptions");
    if (steps.isEmpty()) {
      return List.of(head);
    }
    var table = new Table("PATTERN", "OWNER", "GROUP", "STATE", "ATTEMPT", "AFTER", "ERROR");
    for (Map<?, ?> step : steps) {
      table.row(
          List.of(
              DeliveriesCommand.text(step, "pattern"),
              DeliveriesCommand.shown(DeliveriesCommand.text(step, "owner")),
              DeliveriesCommand.shown(DeliveriesCommand.text(step, "group")),
              DeliveriesCommand.text(step, "state").toLowerCase(Locale.ROOT),
              DeliveriesCommand.text(step, "attempt"),
              DeliveriesCommand.text(step, "afterMs") + " ms",
              PlainText.of(DeliveriesCommand.firstLine(DeliveriesCommand.text(step, "error")))));
    }
    var lines = new ArrayList<String>(List.of(head));
    lines.addAll(table.lines());
    return lines;
  }
}
