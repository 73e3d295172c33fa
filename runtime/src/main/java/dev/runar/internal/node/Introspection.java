package dev.runar.internal.node;

import dev.runar.ActionHandler;
import dev.runar.ActionOptions;
import dev.runar.Payload;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.Service;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The service {@code $registry}: what the node knows about its services. */
final class Introspection {
  private Introspection() {}

  static Service registryService(NodeCore core, Registry registry) {
    return Service.at("$registry")
        .name("registry")
        .description("What services there are, and in which state")
        .action(
            "services/list",
            (payload, context) ->
                Payload.of(registry.all().stream().map(Introspection::describe).toList()))
        .action("services/{path}", onService(registry, Introspection::describe))
        .action(
            "services/{path}/state",
            onService(registry, entry -> Map.of("state", entry.state.name())))
        .action(
            "services/{path}/pause",
            (payload, context) -> {
              core.pause(path(context.pathParams())).join();
              return Payload.of(Map.of("state", "PAUSED"));
            })
        .action(
            "services/{path}/resume",
            (payload, context) -> {
              core.resume(path(context.pathParams())).join();
              return Payload.of(Map.of("state", "RUNNING"));
            })
        .build();
  }

  /** As the Runar family writes states: {@code Running}. */
  static String shown(Service.State state) {
    String name = state.name();
    return name.charAt(0) + name.substring(1).toLowerCase(Locale.ROOT);
  }

  private static ActionHandler onService(
      Registry registry, java.util.function.Function<ServiceEntry, Map<String, ?>> answer) {
    return (payload, context) -> {
      String path = path(context.pathParams());
      return Payload.of(
          registry
              .find(path)
              .map(answer)
              .orElseThrow(
                  () ->
                      new RunarException(Code.NOT_FOUND, "there is no service \"" + path + "\"")));
    };
  }

  private static String path(Map<String, String> params) {
    return Objects.requireNonNull(params.get("path"));
  }

  private static Map<String, @Nullable Object> describe(ServiceEntry entry) {
    ServiceDefinition definition = entry.definition;
    var map = new LinkedHashMap<String, @Nullable Object>();
    map.put("networkId", definition.scope().networkId());
    map.put("path", entry.path());
    map.put("name", definition.name());
    map.put("version", definition.version());
    map.put("description", definition.description());
    map.put("state", entry.state.name());
    map.put("problem", entry.problem.isEmpty() ? null : entry.problem);
    map.put("dependsOn", definition.dependsOn());
    map.put("instances", definition.instances());
    map.put("registeredAt", entry.registeredMs);
    map.put("startedAt", entry.startedMs);
    map.put("actions", entry.actions.stream().map(Introspection::describe).toList());
    map.put(
        "events",
        definition.events().stream().map(ServiceDefinition.EventListener::pattern).toList());
    map.put("sockets", List.copyOf(definition.sockets().keySet()));
    return map;
  }

  private static Map<String, @Nullable Object> describe(ServiceDefinition.Action action) {
    var map = new LinkedHashMap<String, @Nullable Object>();
    map.put("name", action.name());
    ActionOptions options = action.options();
    map.put("description", options.description());
    map.put("timeout", options.timeout().isZero() ? null : options.timeout().toMillis());
    map.put("params", action.params());
    map.put("input", options.input() == null ? null : options.input().value());
    map.put("output", options.output() == null ? null : options.output().value());
    if (action.endpoint() instanceof ActionStage stage) {
      map.put("counts", stage.counts());
    }
    return map;
  }
}
