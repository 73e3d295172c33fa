package dev.runar.internal.node;

import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.internal.topic.RequestPath;
import dev.runar.internal.topic.TopicPath;
import dev.runar.internal.topic.TopicPattern;
import dev.runar.internal.topic.TopicTrie;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Which services there are and which action answers which path. Any thread. */
final class Registry {
  /** Addresses with versions that are remembered; then all of them are forgotten. */
  private static final int MAX_ADDRESSES = 10_000;

  private final String networkId;
  private ServiceTable services = new ServiceTable(); // guarded by this

  /** Actions with templates in their names; guarded by this. */
  private final TopicTrie<Route> patterns = new TopicTrie<>();

  /**
   * Actions without, by full path and, in the node's own network, by the short one too: those of
   * the version that a path without one means.
   */
  private final ConcurrentHashMap<String, Route> literals = new ConcurrentHashMap<>();

  /** What addresses with versions mean, until something changes; written under the lock. */
  private final ConcurrentHashMap<String, Match> addresses = new ConcurrentHashMap<>();

  private volatile long addressesForgotten; // written under the lock

  /** Raw WebSocket paths. */
  private final ConcurrentHashMap<String, Route.Socket> sockets = new ConcurrentHashMap<>();

  private final HttpRoutes http;

  /** Where a request goes. */
  record Route(ServiceEntry service, ServiceDefinition.Action action, TopicPattern pattern) {
    /** Where a raw WebSocket connection goes. */
    record Socket(ServiceEntry service, SocketEndpoint endpoint) {}
  }

  /**
   * A route with the values of its templates.
   *
   * @param path as the handler sees it: without versions
   */
  record Match(Route route, Map<String, String> params, String path) {}

  Registry(String networkId) {
    this.networkId = networkId;
    this.http = new HttpRoutes(networkId);
  }

  /**
   * Adds a service, so that its name is taken; its actions answer when it runs.
   *
   * @throws RunarException {@code DUPLICATE}, {@code INVALID_PATH}, {@code OVERLOADED}
   */
  void add(ServiceEntry entry) {
    opened(List.of(entry), () -> addOpen(entry));
  }

  private synchronized void addOpen(ServiceEntry entry) {
    http.check(List.of(entry.definition), List.of());
    List<Route> routes = place(entry, List.of());
    addPatterns(routes);
    addSockets(entry);
    http.add(entry);
    choose(entry.fullPath());
  }

  /**
   * Opens services before anybody finds them, so that nothing is missed, and outside the lock, as
   * that takes the event bus's; closes them if they do not get in.
   */
  private static void opened(List<ServiceEntry> entries, Runnable change) {
    try {
      entries.forEach(ServiceEntry::open);
      change.run();
    } catch (RuntimeException e) {
      entries.forEach(ServiceEntry::close);
      throw e;
    }
  }

  private void addSockets(ServiceEntry entry) {
    entry
        .definition
        .sockets()
        .forEach((url, endpoint) -> sockets.put(url, new Route.Socket(entry, endpoint)));
  }

  /**
   * Puts a service into the place of another; that one stays if this fails. What both have, a path
   * or a role, is never without one: what a hook decides does not pass unasked meanwhile.
   *
   * @return the other
   * @throws RunarException as {@link #add} does; {@code NOT_FOUND} if the other is not there
   */
  ServiceEntry replace(ServiceDefinition old, ServiceEntry entry) {
    return exchange(
            List.of(old), List.of(entry), there -> refuseRemoved(!there.isEmpty(), old.scope()))
        .getFirst();
  }

  /**
   * Puts one back into the place of the one that {@link #replace} has put there.
   *
   * @throws RunarException as {@link #replace} does
   */
  void putBack(ServiceEntry entry, ServiceEntry old) {
    exchange(
        List.of(entry.definition),
        List.of(old),
        there -> refuseRemoved(there.contains(entry), entry.definition.scope()));
  }

  private static void refuseRemoved(boolean isThere, ServiceScope scope) {
    if (!isThere) {
      throw new RunarException(
          Code.NOT_FOUND, "service \"" + scope.servicePath() + "\" was removed");
    }
  }

  /**
   * Puts services into the places of those of others that are there, which the same step decides; a
   * path that both have is never without one.
   *
   * @param leaving is told which are there before anything has changed, and may refuse; may not
   *     come back here
   * @return those that were there
   * @throws RunarException as {@link #add} does; nothing has changed then
   */
  List<ServiceEntry> exchange(
      List<ServiceDefinition> out, List<ServiceEntry> in, Consumer<List<ServiceEntry>> leaving) {
    var left = new ArrayList<ServiceEntry>();
    opened(in, () -> left.addAll(exchangeOpen(out, in, leaving)));
    left.forEach(ServiceEntry::close);
    return left;
  }

  private synchronized List<ServiceEntry> exchangeOpen(
      List<ServiceDefinition> asked, List<ServiceEntry> in, Consumer<List<ServiceEntry>> leaving) {
    List<ServiceEntry> out =
        asked.stream().flatMap(service -> services.find(service).stream()).distinct().toList();
    leaving.accept(out);
    http.check(in.stream().map(entry -> entry.definition).toList(), out);
    ServiceTable before = services.copy();
    out.forEach(services::remove);
    var routes = new ArrayList<Route>();
    try {
      for (ServiceEntry entry : in) {
        routes.addAll(place(entry, out));
      }
    } catch (RunarException e) {
      services = before;
      throw e;
    }
    addPatterns(routes);
    in.forEach(this::addSockets);
    in.forEach(http::add);
    in.forEach(entry -> choose(entry.fullPath()));
    out.forEach(this::removeTraces);
    return out;
  }

  /** Takes the path; guarded by this. */
  private List<Route> place(ServiceEntry entry, List<ServiceEntry> out) {
    servicePath(entry.definition.scope());
    services.refuseTaken(entry);
    List<Route> routes = routes(entry);
    refuseTakenSockets(entry.definition, out);
    services.add(entry);
    return routes;
  }

  void remove(ServiceEntry entry) {
    removeOpen(entry);
    entry.close();
  }

  private synchronized void removeOpen(ServiceEntry entry) {
    services.remove(entry);
    removeTraces(entry);
  }

  private void removeTraces(ServiceEntry entry) {
    choose(entry.fullPath());
    literals.values().removeIf(route -> route.service() == entry);
    for (ServiceDefinition.Action action : entry.actions) {
      TopicPattern pattern = actionPattern(entry.definition.scope(), action.name());
      patterns.remove(pattern, new Route(entry, action, pattern));
    }
    sockets.values().removeIf(socket -> socket.service() == entry);
    http.remove(entry);
  }

  /** A path without a version may mean another one now. */
  synchronized void stateChanged(ServiceEntry entry) {
    if (services.at(entry.fullPath()).size() > 1) {
      choose(entry.fullPath());
    }
  }

  /** Which version a path without one means; a path that has one is never without. */
  private void choose(String fullPath) {
    addresses.clear();
    List<ServiceEntry> versions = services.at(fullPath);
    services.preferred(fullPath, VersionRange.ANY).map(this::routes).ifPresent(this::addLiterals);
    if (versions.size() > 1) {
      ServiceEntry best = services.preferred(fullPath, VersionRange.ANY).orElseThrow();
      literals
          .values()
          .removeIf(route -> route.service() != best && versions.contains(route.service()));
    }
  }

  /** All services in the order of registration. */
  synchronized List<ServiceEntry> all() {
    return services.all();
  }

  /**
   * The service that an address such as {@code math} or {@code net:math@^2} means.
   *
   * @throws RunarException {@code INVALID_PATH}
   */
  synchronized Optional<ServiceEntry> find(String address) {
    RequestPath asked = RequestPath.parse(address, networkId);
    return services.preferred(asked.path().full(), VersionRange.parse(asked.versions(), address));
  }

  synchronized Optional<ServiceEntry> find(ServiceDefinition definition) {
    return services.find(definition);
  }

  /** Whether it is what its path means without a version. */
  synchronized boolean isPreferred(ServiceEntry entry) {
    return services.preferred(entry.fullPath(), VersionRange.ANY).equals(Optional.of(entry));
  }

  /** Every version of a service. */
  synchronized List<ServiceEntry> at(String fullPath) {
    return List.copyOf(services.at(fullPath));
  }

  /** How often the remembered addresses were too many. */
  long addressesForgotten() {
    return addressesForgotten;
  }

  Optional<Route.Socket> socket(String urlPath) {
    return Optional.ofNullable(sockets.get(urlPath));
  }

  /** The actions that HTTP clients reach. */
  HttpRoutes http() {
    return http;
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
      return new Match(literal, Map.of(), path);
    }
    Match known = addresses.get(path);
    return known != null ? known : routeByParts(path);
  }

  private synchronized Match routeByParts(String text) {
    RequestPath asked = RequestPath.parse(text, networkId);
    TopicPath path = asked.path();
    if (asked.versions().isEmpty()) {
      Route literal = literals.get(path.full());
      return literal == null
          ? routeByPattern(path, VersionRange.ANY, text)
          : new Match(literal, Map.of(), text);
    }
    Match match = routeByPattern(path, VersionRange.parse(asked.versions(), text), text);
    if (addresses.size() >= MAX_ADDRESSES) {
      addresses.clear();
      addressesForgotten++;
    }
    addresses.put(text, match);
    return match;
  }

  private Match routeByPattern(TopicPath path, VersionRange range, String asked) {
    ServiceEntry service =
        services.preferred(path.network() + ":" + path.service(), range).orElse(null);
    Route closest = null;
    for (Route route : candidates(path, service, range)) {
      if (closest == null || route.pattern().compareCloseness(closest.pattern()) < 0) {
        closest = route;
      }
    }
    if (closest == null) {
      throw Unrouted.notFound(
          path, service, services.at(path.network() + ":" + path.service()), asked);
    }
    String shown = path.network().equals(networkId) ? path.text() : path.full();
    return new Match(closest, closest.pattern().params(path), range.isAny() ? asked : shown);
  }

  /** What matches of one service; literals are looked at only for a version that is not usual. */
  private List<Route> candidates(
      TopicPath path, @Nullable ServiceEntry service, VersionRange range) {
    if (service == null) {
      return List.of();
    }
    if (!range.isAny()) {
      return routes(service).stream().filter(route -> route.pattern().matches(path)).toList();
    }
    return patterns.match(path).stream()
        .map(TopicTrie.Entry::value)
        .filter(route -> route.service() == service)
        .toList();
  }

  private static void servicePath(ServiceScope scope) {
    TopicPath path = TopicPath.parse(scope.servicePath(), scope.networkId());
    if (path.segments().size() != 1) {
      throw new RunarException(
          Code.INVALID_PATH, "service path \"" + path.text() + "\" must be one segment, without /");
    }
  }

  private static TopicPattern actionPattern(ServiceScope scope, String action) {
    return TopicPattern.parse(scope.servicePath() + "/" + action, scope.networkId());
  }

  private List<Route> routes(ServiceEntry entry) {
    var routes = new ArrayList<Route>();
    for (ServiceDefinition.Action action : entry.actions) {
      TopicPattern pattern = actionPattern(entry.definition.scope(), action.name());
      if (routes.stream().anyMatch(route -> route.pattern().equals(pattern))) {
        throw new RunarException(
            Code.DUPLICATE,
            "service \"" + entry.path() + "\" has two actions \"" + action.name() + "\"");
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

  private void addPatterns(List<Route> routes) {
    for (Route route : routes) {
      if (!route.pattern().isLiteral()) {
        patterns.add(route.pattern(), route);
      }
    }
  }

  private void addLiterals(List<Route> routes) {
    for (Route route : routes) {
      TopicPattern pattern = route.pattern();
      if (pattern.isLiteral()) {
        literals.put(pattern.full(), route);
        if (pattern.network().equals(networkId)) {
          literals.put(pattern.text(), route);
        }
      }
    }
  }
}
