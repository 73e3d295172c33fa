package dev.runar.cli;

import dev.runar.cli.contract.JsonObject;
import dev.runar.cli.contract.SchemaTree;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** One service for people: what it is, and its actions with their schemas. Stateless. */
final class DescriptionPage {
  private DescriptionPage() {}

  static List<String> lines(JsonObject service) {
    var lines = new ArrayList<String>();
    lines.add(
        "%s %s  %s  %s"
            .formatted(
                service.text("path"),
                service.text("version"),
                service.text("state"),
                service.text("name")));
    add(lines, "  ", service.text("description"));
    add(lines, "  problem     ", service.text("problem"));
    add(lines, "  depends on  ", String.join(", ", service.texts("dependsOn")));
    add(
        lines,
        "  instances   ",
        service.text("instances").equals("1") ? "" : service.text("instances"));
    add(lines, "  events      ", String.join(", ", service.texts("events")));
    add(lines, "  sockets     ", String.join(", ", service.texts("sockets")));
    for (JsonObject action : service.objects("actions")) {
      lines.add("");
      action(lines, service.text("path"), action);
    }
    return lines;
  }

  private static void add(List<String> lines, String title, String text) {
    if (!text.isEmpty()) {
      lines.add(title + text);
    }
  }

  private static void action(List<String> lines, String service, JsonObject action) {
    List<String> params = action.texts("params");
    String kinds = kinds(action);
    lines.add(
        "  "
            + service
            + "/"
            + action.text("name")
            + (params.isEmpty() ? "" : "(" + String.join(", ", params) + ")")
            + (kinds.isEmpty() ? "" : "  " + kinds));
    add(lines, "    ", action.text("description"));
    JsonObject http = action.object("http");
    add(lines, "    http      ", (http.text("method") + " " + http.text("path")).strip());
    add(lines, "    timeout   ", millis(action.text("timeout")));
    action.find("retry").ifPresent(retry -> retry(lines, retry));
    action
        .find("cache")
        .ifPresent(cache -> add(lines, "    cache     ", millis(cache.text("ttl"))));
    action
        .find("bulkhead")
        .ifPresent(
            bulkhead ->
                lines.add(
                    "    at once   "
                        + bulkhead.text("concurrency")
                        + ", "
                        + bulkhead.text("queue")
                        + " waiting"));
    schema(lines, "input", action);
    schema(lines, action.flag("stream") ? "item" : "output", action);
    for (JsonObject error : action.objects("errors")) {
      String what = error.text("description");
      lines.add("    error     " + error.text("name") + (what.isEmpty() ? "" : "  # " + what));
      if (error.has("data")) {
        SchemaTree.lines("data", error.value("data")).forEach(line -> lines.add("      " + line));
      }
    }
  }

  private static String kinds(JsonObject action) {
    var kinds = new ArrayList<String>();
    if (!action.text("visibility").equals("PUBLIC")) {
      kinds.add(action.text("visibility").toLowerCase(Locale.ROOT));
    }
    if (action.flag("stream")) {
      kinds.add("stream");
    }
    if (action.flag("takesStream")) {
      kinds.add("takes a stream");
    }
    if (action.flag("idempotent")) {
      kinds.add("idempotent");
    }
    return String.join(", ", kinds);
  }

  private static void retry(List<String> lines, JsonObject retry) {
    lines.add(
        "    attempts  "
            + retry.text("attempts")
            + ", "
            + millis(retry.text("backoff"))
            + " to "
            + millis(retry.text("maxBackoff"))
            + " between");
  }

  private static String millis(String number) {
    return number.isEmpty() ? "" : number + " ms";
  }

  private static void schema(List<String> lines, String title, JsonObject action) {
    String key = title.equals("input") ? "input" : "output";
    if (action.has(key)) {
      SchemaTree.lines(title, action.value(key)).forEach(line -> lines.add("    " + line));
    }
  }
}
