package dev.runar.internal.node;

import dev.runar.ActionOptions.Visibility;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.internal.topic.TopicPath;
import dev.runar.internal.topic.TopicPattern;
import dev.runar.internal.topic.TopicTrie;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Which services there are and which action answers which path. Any thread. */
final class Registry {
  private static final int MAX_SERVICES = 10_000;

  private final String networkId;

  /** By full path, in the order of registration; guarded by this. */
  private final Map<String, ServiceEntry> services = new LinkedHashMap<>();

  /** Actions with templates in their names; guarded by this. */
  private final TopicTrie<Route> patterns = new TopicTrie<>();

  /** Actions without, by full path and, in the node's own network, by the short one too. */
  private final ConcurrentHashMap<String, Route> literals = new ConcurrentHashMap<>();

  /** Raw WebSocket paths. */
  private final ConcurrentHashMap<String, Route.Socket> sockets = new ConcurrentHashMap<>();

  /** Where a request goes. */
  record Route(ServiceEntry service, ServiceDefinition.Action action, TopicPattern pattern) {
    /** Where a raw WebSocket connection goes. */
    record Socket(ServiceEntry service, SocketEndpoint endpoint) {}
  }

  /** A route with the values of its templates. */
  record Match(Route route, Map<String, String> params) {}

  Registry(String networkId) {
    this.networkId = networkId;
  }

  /**
   * Adds a service, so that its name is taken; its actions answer when it runs.
   *
   * @throws RunarException {@code DUPLICATE}, {@code INVALID_PATH}, {@code OVERLOADED}
   */
  synchronized void add(ServiceEntry entry) {
    place(entry, List.of()).forEach(this::add);
    addSockets(entry);
    entry.open();
  }

  private void refuseTaken(TopicPath path) {
    if (services.size() >= MAX_SERVICES) {
      throw new RunarException(Code.OVERLOADED, "the node has " + MAX_SERVICES + " services");
    }
    ServiceEntry taken = services.get(path.full());
    if (taken != null) {
      throw new RunarException(
          Code.DUPLICATE,
          "service path \""
              + path.text()
              + "\" is taken by \""
              + taken.definition.name()
              + "\"; choose another path");
    }
  }

  private void addSockets(ServiceEntry entry) {
    entry
        .definition
        .sockets()
        .forEach((url, endpoint) -> sockets.put(url, new Route.Socket(entry, endpoint)));
  }

  /**
   * Puts a service into the place of another; that one stays if this fails.
   *
   * @return the other
   * @throws RunarException as {@link #add} does; {@code NOT_FOUND} if the other is not there
   */
  synchronized ServiceEntry replace(ServiceDefinition old, ServiceEntry entry) {
    ServiceEntry previous =
        find(old)
            .orElseThrow(
                () ->
                    new RunarException(
                        Code.NOT_FOUND,
                        "service \"" + old.scope().servicePath() + "\" was removed"));
    remove(previous);
    try {
      add(entry);
    } catch (RunarException e) {
      add(previous);
      throw e;
    }
    return previous;
  }

  /**
   * Puts services into the places of others; a path that both have is never without one.
   *
   * @throws RunarException as {@link #add} does; nothing has changed then
   */
  synchronized void exchange(List<ServiceEntry> out, List<ServiceEntry> in) {
    var before = new LinkedHashMap<>(services);
    services.values().removeAll(out);
    var routes = new ArrayList<Route>();
    try {
      for (ServiceEntry entry : in) {
        routes.addAll(place(entry, out));
      }
    } catch (RunarException e) {
      services.clear();
      services.putAll(before);
      throw e;
    }
    routes.forEach(this::add);
    in.forEach(this::addSockets);
    in.forEach(ServiceEntry::open);
    out.forEach(this::remove);
  }

  /** Takes the path; guarded by this. */
  private List<Route> place(ServiceEntry entry, List<ServiceEntry> out) {
    TopicPath path = servicePath(entry.definition.scope());
    refuseTaken(path);
    List<Route> routes = routes(entry, path);
    refuseTakenSockets(entry.definition, out);
    services.put(path.full(), entry);
    return routes;
  }

  synchronized void remove(ServiceEntry entry) {
    services.values().remove(entry);
    literals.values().removeIf(route -> route.service() == entry);
    entry.close();
    for (ServiceDefinition.Action action : entry.actions) {
      TopicPattern pattern = actionPattern(entry.definition.scope(), action.name());
      patterns.remove(pattern, new Route(entry, action, pattern));
    }
    sockets.values().removeIf(socket -> socket.service() == entry);
  }

  /** All services in the order of registration. */
  synchronized List<ServiceEntry> all() {
    return List.copyOf(services.values());
  }

  /** What the stages of actions have counted, by the action's path. */
  synchronized Map<String, Map<String, Long>> actionCounts() {
    var counts = new LinkedHashMap<String, Map<String, Long>>();
    for (ServiceEntry service : services.values()) {
      for (ServiceDefinition.Action action : service.actions) {
        if (action.endpoint() instanceof ActionStage stage) {
          counts.put(service.path() + "/" + action.name(), stage.counts());
        }
      }
    }
    return counts;
  }

  synchronized Optional<ServiceEntry> find(String path) {
    return Optional.ofNullable(services.get(TopicPath.parse(path, networkId).full()));
  }

  synchronized Optional<ServiceEntry> find(ServiceDefinition definition) {
    return services.values().stream()
        .filter(entry -> entry.definition.equals(definition))
        .findFirst();
  }

  Optional<Route.Socket> socket(String urlPath) {
    return Optional.ofNullable(sockets.get(urlPath));
  }

  /** The URL paths that services serve raw WebSocket connections on. */
  List<String> socketPaths() {
    return List.copyOf(sockets.keySet());
  }

  /**
   * The closest action that answers a path.
   *
   * @throws RunarException {@code NOT_FOUND}, {@code INVALID_PATH}
   */
  Match route(String path) {
    Route literal = literals.get(path);
    if (literal != null) {
      return new Match(literal, Map.of());
    }
    return routeByPattern(TopicPath.parse(path, networkId));
  }

  private synchronized Match routeByPattern(TopicPath path) {
    Route literal = literals.get(path.full());
    if (literal != null) {
      return new Match(literal, Map.of());
    }
    Route closest = null;
    for (var entry : patterns.match(path)) {
      if (closest == null || entry.pattern().compareCloseness(closest.pattern()) < 0) {
        closest = entry.value();
      }
    }
    if (closest == null) {
      throw notFound(path);
    }
    return new Match(closest, closest.pattern().params(path));
  }

  private RunarException notFound(TopicPath path) {
    ServiceEntry service = services.get(path.network() + ":" + path.service());
    String why = service == null ? "there is no service \"" + path.service() + "\"" : has(service);
    return new RunarException(
        Code.NOT_FOUND, "No handler found for action " + path.text() + ": " + why);
  }

  /** What anybody may call of a service, as callers are told who have asked for something else. */
  static String has(ServiceEntry service) {
    return "service \""
        + service.path()
        + "\" has "
        + service.actions.stream()
            .filter(action -> action.options().visibility() == Visibility.PUBLIC)
            .map(ServiceDefinition.Action::name)
            .toList();
  }

  private static TopicPath servicePath(ServiceScope scope) {
    TopicPath path = TopicPath.parse(scope.servicePath(), scope.networkId());
    if (path.segments().size() != 1) {
      throw new RunarException(
          Code.INVALID_PATH, "service path \"" + path.text() + "\" must be one segment, without /");
    }
    return path;
  }

  private static TopicPattern actionPattern(ServiceScope scope, String action) {
    return TopicPattern.parse(scope.servicePath() + "/" + action, scope.networkId());
  }

  private List<Route> routes(ServiceEntry entry, TopicPath path) {
    var routes = new ArrayList<Route>();
    for (ServiceDefinition.Action action : entry.actions) {
      TopicPattern pattern = actionPattern(entry.definition.scope(), action.name());
      if (routes.stream().anyMatch(route -> route.pattern().equals(pattern))) {
        throw new RunarException(
            Code.DUPLICATE,
            "service \"" + path.text() + "\" has two actions \"" + action.name() + "\"");
      }
      routes.add(new Route(entry, action, pattern));
    }
    return routes;
  }

  private void refuseTakenSockets(ServiceDefinition definition, List<ServiceEntry> out) {
    for (String url : definition.sockets().keySet()) {
      if (!url.startsWith("/")) {
        throw new RunarException(
            Code.INVALID_PATH, "socket path \"" + url + "\" must start with /, as in /live");
      }
      Route.@Nullable Socket taken = sockets.get(url);
      if (taken != null && !out.contains(taken.service())) {
        throw new RunarException(
            Code.DUPLICATE,
            "socket path \"" + url + "\" is taken by service \"" + taken.service().path() + "\"");
      }
    }
  }

  private void add(Route route) {
    TopicPattern pattern = route.pattern();
    if (!pattern.isLiteral()) {
      patterns.add(pattern, route);
      return;
    }
    literals.put(pattern.full(), route);
    if (pattern.network().equals(networkId)) {
      literals.put(pattern.text(), route);
    }
  }
}
