package dev.runar.internal.node;

import dev.runar.ActionHandler;
import dev.runar.Node;
import dev.runar.Payload;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.Service;
import dev.runar.Subscription;
import dev.runar.internal.contract.AsyncApi;
import dev.runar.internal.contract.OpenApi;
import dev.runar.internal.contract.SchemaBundle;
import dev.runar.internal.contract.ServiceContract;
import dev.runar.internal.topic.TopicPattern;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The service {@code $registry}: what the node knows about its services. */
final class Introspection {
  private Introspection() {}

  /** What the stages of actions have counted, by the action's path. */
  static Map<String, Map<String, Long>> actionCounts(Registry registry) {
    var counts = new LinkedHashMap<String, Map<String, Long>>();
    for (ServiceEntry service : registry.all()) {
      for (ServiceDefinition.Action action : service.actions) {
        if (action.endpoint() instanceof ActionStage stage) {
          counts.put(service.path() + "/" + action.name(), stage.counts());
        }
      }
    }
    return counts;
  }

  static Service registryService(NodeCore core, Registry registry) {
    return Service.at("$registry")
        .name("registry")
        .description("What services there are, and in which state")
        .action(
            "services/list",
            (payload, context) ->
                Payload.of(registry.all().stream().map(each -> describe(each, registry)).toList()))
        .action("actions/list", (payload, context) -> Payload.of(actions(registry.all())))
        .action("events/list", (payload, context) -> Payload.of(events(registry.all())))
        .action(
            "export/{form}",
            (payload, context) ->
                export(Objects.requireNonNull(context.pathParams().get("form")), registry))
        .action(
            "status",
            (payload, context) ->
                Payload.object(
                    "services",
                    registry.all().size(),
                    "addressesForgotten",
                    registry.addressesForgotten()))
        .action("services/{path}", onService(registry, entry -> describe(entry, registry)))
        .action(
            "services/{path}/state",
            onService(registry, entry -> Map.of("state", entry.state.name())))
        .action(
            "services/{path}/pause",
            (payload, context) -> {
              core.services().pause(path(context.pathParams())).join();
              return Payload.of(Map.of("state", "PAUSED"));
            })
        .action(
            "services/{path}/resume",
            (payload, context) -> {
              core.services().resume(path(context.pathParams())).join();
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

  private static Map<String, @Nullable Object> describe(ServiceEntry entry, Registry registry) {
    ServiceDefinition definition = entry.definition;
    var map = new LinkedHashMap<String, @Nullable Object>();
    map.put("networkId", definition.scope().networkId());
    map.put("path", entry.path());
    map.put("name", definition.name());
    map.put("version", definition.version());
    map.put("preferred", registry.isPreferred(entry));
    map.put("description", definition.description());
    map.put("state", entry.state.name());
    map.put("problem", entry.problem.isEmpty() ? null : entry.problem);
    map.put("dependsOn", definition.dependsOn());
    map.put("instances", definition.instances());
    map.put("registeredAt", entry.registeredMs);
    map.put("startedAt", entry.startedMs);
    map.put("actions", entry.actions.stream().map(ActionDescription::of).toList());
    map.put(
        "events",
        definition.events().stream().map(ServiceDefinition.EventListener::pattern).toList());
    map.put("subscriptions", subscriptions(entry));
    map.put("sockets", List.copyOf(definition.sockets().keySet()));
    map.put("topics", definition.topics().stream().map(DeclaredTopic::asMap).toList());
    return map;
  }

  /** The patterns that it is subscribed to now, without the network if it is the node's. */
  private static List<String> subscriptions(ServiceEntry entry) {
    synchronized (entry.subscriptions) {
      return entry.subscriptions.stream().map(Subscription::pattern).toList();
    }
  }

  private static List<Map<String, ?>> actions(List<ServiceEntry> entries) {
    var rows = new ArrayList<Map<String, ?>>();
    for (ServiceEntry entry : entries) {
      for (ServiceDefinition.Action action : entry.actions) {
        var row = head(entry, entry.path() + "/" + action.name());
        row.putAll(ActionDescription.of(action));
        rows.add(row);
      }
    }
    return rows;
  }

  private static List<Map<String, ?>> events(List<ServiceEntry> entries) {
    var rows = new ArrayList<Map<String, ?>>();
    for (ServiceEntry entry : entries) {
      for (ServiceDefinition.EventListener listener : entry.definition.events()) {
        TopicPattern pattern = ServiceListeners.pattern(entry.definition.scope(), listener);
        rows.add(head(entry, pattern.text()));
      }
    }
    return rows;
  }

  private static Map<String, @Nullable Object> head(ServiceEntry entry, String path) {
    var row = new LinkedHashMap<String, @Nullable Object>();
    row.put("path", path);
    row.put("service", entry.path());
    row.put("version", entry.definition.version());
    row.put("state", entry.state.name());
    return row;
  }

  private static Payload export(String form, Registry registry) {
    List<ServiceContract> services =
        registry.all().stream()
            .filter(entry -> !entry.path().startsWith("$"))
            .map(Introspection::contract)
            .toList();
    String title = "Services of a Runar node";
    return switch (form) {
      case "openapi" -> OpenApi.of(services, title, Node.version());
      case "asyncapi" -> AsyncApi.of(services, title, Node.version());
      case "jsonschema" -> SchemaBundle.of(services);
      default ->
          throw new RunarException(
              Code.NOT_FOUND,
              "there is no export \"" + form + "\"; there are openapi, asyncapi and jsonschema");
    };
  }

  private static ServiceContract contract(ServiceEntry entry) {
    ServiceDefinition definition = entry.definition;
    return new ServiceContract(
        entry.path(),
        definition.name(),
        definition.version(),
        definition.description(),
        definition.actions().stream()
            .map(each -> new ServiceContract.Action(each.name(), each.params(), each.options()))
            .toList(),
        definition.events().stream()
            .map(each -> ServiceListeners.pattern(definition.scope(), each).text())
            .toList(),
        definition.topics().stream()
            .map(
                each ->
                    new ServiceContract.Topic(
                        each.topic(), each.description(), each.contentType(), each.rate()))
            .toList());
  }
}
