package dev.runar.internal.script;

import dev.runar.NodeConfig;
import dev.runar.Payload;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.internal.node.DeclaredTopic;
import dev.runar.internal.node.InstanceKeys;
import dev.runar.internal.node.ServiceDefinition;
import dev.runar.internal.node.ServiceScope;
import dev.runar.internal.node.SocketEndpoint;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.graalvm.polyglot.Value;
import org.jspecify.annotations.Nullable;

/** Makes a service of what the SDK hands over: JSON text and an object of handlers. */
final class ScriptServices {
  private ScriptServices() {}

  /**
   * Makes one service.
   *
   * @param added what the context has added before
   */
  static ServiceDefinition define(
      ScriptContext context,
      NodeConfig config,
      Set<ServiceDefinition> added,
      String json,
      Value handlers) {
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
        actions(context, scope, definition, handlers),
        events(context, scope, definition, handlers.getMember("events")),
        sockets(context, definition, handlers.getMember("sockets")),
        topics(definition, config.networkId()),
        list(definition, "dependsOn").stream().map(String::valueOf).toList(),
        1,
        new ScriptLifecycle(
            context, handlers, new HostLifecycle(context, scope), handlers.hasMember("health")));
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
  static Placement placement(String json) {
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
      ScriptContext context,
      ServiceScope scope,
      Map<String, @Nullable Object> definition,
      Value handlers) {
    Value callbacks = handlers.getMember("actions");
    var actions = new ArrayList<ServiceDefinition.Action>();
    for (Object element : list(definition, "actions")) {
      Map<?, ?> action = part(element);
      String name = String.valueOf(action.get("name"));
      List<String> params =
          action.get("params") instanceof List<?> names
              ? names.stream().map(String::valueOf).toList()
              : null;
      Value function = context.functions().action.execute(handler(callbacks, name));
      ScriptAction endpoint = new ScriptAction(context, scope, name, params, function);
      if (Boolean.TRUE.equals(action.get("fallback"))) {
        Value fallback = handler(handlers.getMember("fallbacks"), name);
        endpoint.fallback(context.functions().action.execute(fallback));
      }
      actions.add(
          new ServiceDefinition.Action(name, params, ScriptActionOptions.of(action), endpoint));
    }
    return actions;
  }

  private static List<ServiceDefinition.EventListener> events(
      ScriptContext context,
      ServiceScope scope,
      Map<String, @Nullable Object> definition,
      @Nullable Value handlers) {
    var events = new ArrayList<ServiceDefinition.EventListener>();
    for (Object element : list(definition, "events")) {
      Map<?, ?> event = part(element);
      String pattern = String.valueOf(event.get("pattern"));
      Value function = context.functions().event.execute(handler(handlers, pattern));
      events.add(
          new ServiceDefinition.EventListener(
              pattern,
              scope.resolve(ScriptEventOptions.of(event.get("options"))),
              new ScriptEvents(context, scope, pattern, function)));
    }
    return events;
  }

  private static List<DeclaredTopic> topics(
      Map<String, @Nullable Object> definition, String networkId) {
    var topics = new ArrayList<DeclaredTopic>();
    for (Object element : list(definition, "topics")) {
      Map<?, ?> topic = part(element);
      double rate = topic.get("rate") instanceof Number number ? number.doubleValue() : 0;
      String description = topic.get("description") instanceof String text ? text : "";
      topics.add(
          DeclaredTopic.of(String.valueOf(topic.get("topic")), description, rate, networkId));
    }
    return topics;
  }

  private static Map<String, SocketEndpoint> sockets(
      ScriptContext context, Map<String, @Nullable Object> definition, @Nullable Value handlers) {
    var sockets = new LinkedHashMap<String, SocketEndpoint>();
    for (Object url : list(definition, "sockets")) {
      Value handler = handler(handlers, (String) url);
      Value accept =
          handler.hasMember("accept") ? context.functions().accept.execute(handler) : null;
      sockets.put(
          (String) url,
          new ScriptSockets(context, context.functions().socket.execute(handler), accept));
    }
    return sockets;
  }

  /** The SDK sends objects; a script that asks the host by itself may send anything. */
  private static Map<?, ?> part(@Nullable Object element) {
    if (element instanceof Map<?, ?> part) {
      return part;
    }
    throw new RunarException(
        Code.INVALID_INPUT, "an action or an event of a service must be an object, not " + element);
  }

  private static Value handler(@Nullable Value handlers, String name) {
    Value handler = handlers == null ? null : handlers.getMember(name);
    if (handler == null) {
      throw new RunarException(Code.INVALID_INPUT, "there is no handler for \"" + name + "\"");
    }
    return handler;
  }

  private static List<?> list(Map<String, @Nullable Object> definition, String key) {
    return definition.get(key) instanceof List<?> list ? list : List.of();
  }

  private static String text(
      Map<String, @Nullable Object> definition, String key, String otherwise) {
    return definition.get(key) instanceof String text ? text : otherwise;
  }

  /** The steps of a service's life, run as callbacks of its context. */
  private record ScriptLifecycle(
      ScriptContext context, Value handlers, HostLifecycle life, boolean tellsHealth)
      implements ServiceDefinition.Lifecycle {

    @Override
    public CompletableFuture<Void> init() {
      return run("init");
    }

    @Override
    public CompletableFuture<Void> start() {
      return run("start");
    }

    @Override
    public CompletableFuture<Void> stop() {
      return run("stop");
    }

    @Override
    public CompletableFuture<Void> pause() {
      return run("pause");
    }

    @Override
    public CompletableFuture<Void> resume() {
      return run("resume");
    }

    /** Through the queue, so that a script that does not get on is not healthy either. */
    @Override
    public CompletableFuture<Optional<Payload>> health() {
      return tellsHealth
          ? FunctionCall.result(context, () -> handlers.getMember("health"), life)
          : CompletableFuture.completedFuture(Optional.empty());
    }

    @Override
    public CompletableFuture<Optional<Payload>> save() {
      return FunctionCall.result(context, () -> handlers.getMember("save"), life);
    }

    @Override
    public CompletableFuture<Void> restore(Payload state) {
      return FunctionCall.begin(context, () -> handlers.getMember("restore"), state);
    }

    /** The step that does nothing stands behind what was offered; what that began is pending. */
    @Override
    public CompletableFuture<Void> drained() {
      return FunctionCall.begin(context, () -> null, life)
          .thenCompose(reached -> context.pending().none());
    }

    private CompletableFuture<Void> run(String step) {
      return FunctionCall.begin(context, () -> handlers.getMember(step), life);
    }
  }
}
