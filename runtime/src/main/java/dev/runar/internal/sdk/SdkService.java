package dev.runar.internal.sdk;

import dev.runar.NodeConfig;
import dev.runar.Payload;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.internal.node.ActionEndpoint;
import dev.runar.internal.node.DeclaredTopic;
import dev.runar.internal.node.EventEndpoint;
import dev.runar.internal.node.InstanceKeys;
import dev.runar.internal.node.ServiceDefinition;
import dev.runar.internal.node.ServiceScope;
import dev.runar.internal.node.SocketEndpoint;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Makes a service of what the SDK says of it as JSON text. Stateless; any thread. */
public final class SdkService {
  private SdkService() {}

  /** Where the handlers are that the text names. */
  public interface Handlers {
    /**
     * The handler of an action.
     *
     * @param params the names of its positional parameters; null: it takes the whole input
     */
    ActionEndpoint action(ServiceScope scope, String name, @Nullable List<String> params);

    /** As {@link #action}, of one that has another handler for when it has failed. */
    ActionEndpoint withFallback(ServiceScope scope, String name, @Nullable List<String> params);

    EventEndpoint event(ServiceScope scope, String pattern);

    SocketEndpoint socket(ServiceScope scope, String url);

    SdkLifecycle.Steps steps(ServiceScope scope);
  }

  /**
   * Makes one service.
   *
   * @param added what the same script has added before
   * @throws RunarException {@code INVALID_INPUT}
   */
  public static ServiceDefinition define(
      NodeConfig config, Set<ServiceDefinition> added, String json, Handlers handlers) {
    Map<String, @Nullable Object> definition = Payload.json(json).asMap();
    String path = text(definition, "path", "");
    String network = text(definition, "networkId", "");
    String version = text(definition, "version", "0.0.0");
    ServiceScope scope =
        scope(added, network.isEmpty() ? config.networkId() : network, path, version);
    return new ServiceDefinition(
        scope,
        text(definition, "name", path),
        version,
        text(definition, "description", ""),
        actions(scope, definition, handlers),
        events(scope, definition, handlers),
        sockets(scope, definition, handlers),
        topics(definition, config.networkId()),
        list(definition, "dependsOn").stream().map(String::valueOf).toList(),
        1,
        new SdkLifecycle(handlers.steps(scope)));
  }

  /** The first version of a path that a script adds is known by the path alone. */
  private static ServiceScope scope(
      Set<ServiceDefinition> added, String network, String path, String version) {
    var alone = new ServiceScope(network, path, version, "");
    boolean isSecond =
        added.stream()
            .anyMatch(each -> each.scope().equals(alone) && !each.version().equals(version));
    return isSecond ? new ServiceScope(network, path, version, version) : alone;
  }

  /** Where the service wants to live. */
  public static Placement placement(String json) {
    Map<String, @Nullable Object> definition = Payload.json(json).asMap();
    var ofActions = new HashMap<String, String>();
    for (Object element : list(definition, "actions")) {
      Map<?, ?> action = part(element);
      if (action.get("key") instanceof String key) {
        ofActions.put(String.valueOf(action.get("name")), key);
      }
    }
    int instances = definition.get("instances") instanceof Number count ? count.intValue() : 0;
    return new Placement(instances, new InstanceKeys(text(definition, "key", ""), ofActions));
  }

  private static List<ServiceDefinition.Action> actions(
      ServiceScope scope, Map<String, @Nullable Object> definition, Handlers handlers) {
    var actions = new ArrayList<ServiceDefinition.Action>();
    for (Object element : list(definition, "actions")) {
      Map<?, ?> action = part(element);
      String name = String.valueOf(action.get("name"));
      List<String> params =
          action.get("params") instanceof List<?> names
              ? names.stream().map(String::valueOf).toList()
              : null;
      ActionEndpoint endpoint =
          Boolean.TRUE.equals(action.get("fallback"))
              ? handlers.withFallback(scope, name, params)
              : handlers.action(scope, name, params);
      actions.add(
          new ServiceDefinition.Action(name, params, SdkActionOptions.of(action), endpoint));
    }
    return actions;
  }

  private static List<ServiceDefinition.EventListener> events(
      ServiceScope scope, Map<String, @Nullable Object> definition, Handlers handlers) {
    var events = new ArrayList<ServiceDefinition.EventListener>();
    for (Object element : list(definition, "events")) {
      Map<?, ?> event = part(element);
      String pattern = String.valueOf(event.get("pattern"));
      events.add(
          new ServiceDefinition.EventListener(
              pattern,
              scope.resolve(SdkEventOptions.of(event.get("options"))),
              handlers.event(scope, pattern)));
    }
    return events;
  }

  private static Map<String, SocketEndpoint> sockets(
      ServiceScope scope, Map<String, @Nullable Object> definition, Handlers handlers) {
    var sockets = new LinkedHashMap<String, SocketEndpoint>();
    for (Object url : list(definition, "sockets")) {
      sockets.put(String.valueOf(url), handlers.socket(scope, String.valueOf(url)));
    }
    return sockets;
  }

  private static List<DeclaredTopic> topics(
      Map<String, @Nullable Object> definition, String networkId) {
    var topics = new ArrayList<DeclaredTopic>();
    for (Object element : list(definition, "topics")) {
      Map<?, ?> topic = part(element);
      double rate = topic.get("rate") instanceof Number number ? number.doubleValue() : 0;
      String description = topic.get("description") instanceof String text ? text : "";
      String type = topic.get("contentType") instanceof String text ? text : DeclaredTopic.BYTES;
      topics.add(
          DeclaredTopic.of(String.valueOf(topic.get("topic")), description, type, rate, networkId));
    }
    return topics;
  }

  /** The SDK sends objects; a script that asks the host by itself may send anything. */
  private static Map<?, ?> part(@Nullable Object element) {
    if (element instanceof Map<?, ?> part) {
      return part;
    }
    throw new RunarException(
        Code.INVALID_INPUT, "an action or an event of a service must be an object, not " + element);
  }

  private static List<?> list(Map<String, @Nullable Object> definition, String key) {
    return definition.get(key) instanceof List<?> list ? list : List.of();
  }

  private static String text(
      Map<String, @Nullable Object> definition, String key, String otherwise) {
    return definition.get(key) instanceof String text ? text : otherwise;
  }
}
