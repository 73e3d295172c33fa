package dev.runar.cli.contract;

import dev.runar.cli.contract.Change.Kind;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What is different between two descriptions of a node's services. Not for several threads. */
public final class ContractChanges {
  private static final List<String> REACH = List.of("PRIVATE", "INTERNAL", "PUBLIC");

  private final List<Change> changes = new ArrayList<>();

  private ContractChanges() {}

  /** The breaking ones first. */
  public static List<Change> between(List<JsonObject> before, List<JsonObject> after) {
    var compared = new ContractChanges();
    compared.services(before, after);
    return compared.changes.stream()
        .distinct()
        .sorted(java.util.Comparator.comparing(Change::kind))
        .toList();
  }

  private void services(List<JsonObject> before, List<JsonObject> after) {
    for (JsonObject old : before) {
      String name = old.text("path") + "@" + old.text("version");
      Optional<JsonObject> same = find(after, old.text("path"), old.text("version"));
      List<JsonObject> versions = at(after, old.text("path"));
      if (versions.isEmpty()) {
        changes.add(new Change(Kind.BREAKING, name, "the service was removed"));
      } else {
        JsonObject now = same.orElseGet(() -> TypeScriptTypes.preferred(after, old.text("path")));
        if (same.isEmpty()) {
          changes.add(
              new Change(
                  isBreaking(old.text("version"), now.text("version")),
                  name,
                  "is version " + now.text("version") + " now"));
        }
        service(old, now);
      }
    }
    for (JsonObject now : after) {
      if (at(before, now.text("path")).isEmpty()) {
        changes.add(
            new Change(
                Kind.COMPATIBLE,
                now.text("path") + "@" + now.text("version"),
                "the service was added"));
      }
    }
    preferred(before, after);
  }

  /** Who asks for no version gets another one now: that has to be like the old one, too. */
  private void preferred(List<JsonObject> before, List<JsonObject> after) {
    before.stream()
        .map(each -> each.text("path"))
        .distinct()
        .filter(path -> !at(after, path).isEmpty())
        .forEach(
            path ->
                service(
                    TypeScriptTypes.preferred(before, path),
                    TypeScriptTypes.preferred(after, path)));
  }

  /** Who asks for {@code @1} does not find version 2. */
  private static Kind isBreaking(String before, String after) {
    String major = before.split("\\.", 2)[0];
    return major.equals(after.split("\\.", 2)[0]) ? Kind.COMPATIBLE : Kind.BREAKING;
  }

  private static List<JsonObject> at(List<JsonObject> services, String path) {
    return services.stream().filter(each -> each.text("path").equals(path)).toList();
  }

  private static Optional<JsonObject> find(List<JsonObject> services, String path, String version) {
    return at(services, path).stream()
        .filter(each -> each.text("version").equals(version))
        .findFirst();
  }

  private void service(JsonObject before, JsonObject after) {
    String path = before.text("path");
    Map<String, JsonObject> old = byName(before.objects("actions"));
    Map<String, JsonObject> now = byName(after.objects("actions"));
    old.forEach(
        (name, action) -> {
          String where = path + "/" + name;
          JsonObject next = now.get(name);
          if (reach(action) == 0) {
            return; // nobody else could call it
          }
          if (next == null) {
            changes.add(new Change(Kind.BREAKING, where, "the action was removed"));
          } else {
            action(action, next, where);
          }
        });
    now.keySet().stream()
        .filter(name -> !old.containsKey(name))
        .forEach(
            name ->
                changes.add(
                    new Change(Kind.COMPATIBLE, path + "/" + name, "the action was added")));
    names(before, after, "events", path, "no longer listens to ", "listens to ");
    names(before, after, "sockets", path, "no longer serves the socket ", "serves the socket ");
  }

  private void names(
      JsonObject before, JsonObject after, String key, String path, String removed, String added) {
    var old = new LinkedHashSet<>(before.texts(key));
    var now = new LinkedHashSet<>(after.texts(key));
    for (String name : old) {
      if (!now.contains(name)) {
        changes.add(new Change(Kind.BREAKING, path, removed + name));
      }
    }
    for (String name : now) {
      if (!old.contains(name)) {
        changes.add(new Change(Kind.COMPATIBLE, path, added + name));
      }
    }
  }

  private static Map<String, JsonObject> byName(List<JsonObject> actions) {
    return actions.stream()
        .collect(
            Collectors.toMap(
                action -> action.text("name"),
                Function.identity(),
                (first, second) -> first,
                java.util.LinkedHashMap::new));
  }

  private static int reach(JsonObject action) {
    int reach = REACH.indexOf(action.text("visibility"));
    return reach < 0 ? REACH.size() - 1 : reach;
  }

  private void action(JsonObject before, JsonObject after, String where) {
    if (reach(before) != reach(after)) {
      tell(
          reach(after) < reach(before),
          where,
          "visibility " + before.text("visibility") + " became " + after.text("visibility"));
    }
    flag(before, after, "stream", where, "answers with a stream");
    flag(before, after, "takesStream", where, "takes a stream");
    if (before.flag("idempotent") != after.flag("idempotent")) {
      tell(
          before.flag("idempotent"),
          where,
          after.flag("idempotent") ? "is idempotent now" : "is no longer idempotent");
    }
    http(before, after, where);
    params(before.texts("params"), after.texts("params"), where);
    errors(before, after, where);
    changes.addAll(
        SchemaChanges.between(
            before.value("input"),
            after.value("input"),
            where + ": input",
            SchemaChanges.Direction.INPUT));
    changes.addAll(
        SchemaChanges.between(
            before.value("output"),
            after.value("output"),
            where + ": output",
            SchemaChanges.Direction.OUTPUT));
  }

  private void tell(boolean breaks, String where, String what) {
    changes.add(new Change(breaks ? Kind.BREAKING : Kind.COMPATIBLE, where, what));
  }

  private void flag(JsonObject before, JsonObject after, String key, String where, String meaning) {
    if (before.flag(key) != after.flag(key)) {
      tell(true, where, after.flag(key) ? meaning + " now" : "no longer " + meaning);
    }
  }

  private void http(JsonObject before, JsonObject after, String where) {
    if (!before.has("http") && after.has("http")) {
      tell(false, where, "is reached by HTTP now: " + shown(after.object("http")));
    } else if (before.has("http") && !after.has("http")) {
      tell(true, where, "is no longer reached by HTTP: " + shown(before.object("http")));
    } else if (!shown(before.object("http")).equals(shown(after.object("http")))) {
      tell(
          true,
          where,
          "HTTP " + shown(before.object("http")) + " became " + shown(after.object("http")));
    }
  }

  private static String shown(JsonObject http) {
    String status = http.text("status");
    return http.text("method")
        + " "
        + http.text("path")
        + (status.isEmpty() || status.equals("0") ? "" : " with status " + status);
  }

  /** By position and by name: a new one at the end is not given by those who know of none. */
  private void params(List<String> before, List<String> after, String where) {
    if (before.equals(after)) {
      return;
    }
    boolean isLonger =
        after.size() > before.size() && after.subList(0, before.size()).equals(before);
    boolean takesScalar = before.size() == 1;
    tell(
        !isLonger || takesScalar,
        where,
        "parameters (" + String.join(", ", before) + ") became (" + String.join(", ", after) + ")");
  }

  private void errors(JsonObject before, JsonObject after, String where) {
    Map<String, JsonObject> old = byName(before.objects("errors"));
    Map<String, JsonObject> now = byName(after.objects("errors"));
    old.forEach(
        (name, error) -> {
          JsonObject next = now.get(name);
          if (next == null) {
            tell(true, where, "the error " + name + " was removed");
          } else {
            changes.addAll(
                SchemaChanges.between(
                    error.value("data"),
                    next.value("data"),
                    where + ": " + name + ".data",
                    SchemaChanges.Direction.OUTPUT));
          }
        });
    now.keySet().stream()
        .filter(name -> !old.containsKey(name))
        .forEach(name -> tell(false, where, "the error " + name + " was added"));
  }
}
