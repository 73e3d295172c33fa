package dev.runar.internal.script;

import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.SubscribeOptions;
import dev.runar.Subscription;
import dev.runar.internal.node.EventEndpoint;
import dev.runar.internal.node.Holdings;
import dev.runar.internal.node.ServiceDefinition;
import dev.runar.internal.sdk.Placement;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * What one script context has defined, and whether the node knows of it. A context that is to take
 * over from another one defines its services and handlers outside, and gets its place when all of
 * it is there. Any thread.
 */
final class Seat implements Registrar {
  private final Registrar node;
  private final Seats all;
  private final List<ServiceDefinition> services = new ArrayList<>(); // guarded by this
  private final List<Handler> handlers = new ArrayList<>(); // guarded by this
  private Place place; // guarded by this

  private enum Place {
    /** What it defines waits here. */
    OUTSIDE,
    IN_NODE,
    /** In the node, but the one before will have the place back if this one ends. */
    ON_TRIAL,
    /** Another has its place. */
    REPLACED
  }

  private Seat(Registrar node, Seats all, Place place) {
    this.node = node;
    this.all = all;
    this.place = place;
  }

  /** By {@link Seats} only. */
  static Seat inNode(Registrar node, Seats all) {
    return new Seat(node, all, Place.IN_NODE);
  }

  /** By {@link Seats} only. */
  static Seat outside(Registrar node, Seats all) {
    return new Seat(node, all, Place.OUTSIDE);
  }

  /** A handler of no service. */
  final class Handler implements Subscription {
    private final Subscription inner;
    final EventEndpoint endpoint;

    Handler(Subscription inner, EventEndpoint endpoint) {
      this.inner = inner;
      this.endpoint = endpoint;
    }

    @Override
    public long id() {
      return inner.id();
    }

    @Override
    public String pattern() {
      return inner.pattern();
    }

    @Override
    public void close() {
      remove(this);
      inner.close();
    }
  }

  private synchronized void remove(Handler handler) {
    handlers.remove(handler);
  }

  synchronized void inNode() {
    place = Place.IN_NODE;
  }

  synchronized void onTrial() {
    place = Place.ON_TRIAL;
  }

  synchronized void replaced() {
    place = Place.REPLACED;
  }

  synchronized boolean isReplaced() {
    return place == Place.REPLACED;
  }

  /**
   * As {@link #replaced}, for good.
   *
   * @return every service that the node may have of it, now or in a moment
   */
  synchronized List<ServiceDefinition> leave() {
    place = Place.REPLACED;
    return List.copyOf(services);
  }

  synchronized boolean holds(ServiceDefinition service) {
    return services.contains(service);
  }

  /** What it has, in the order in which it was defined. */
  synchronized Holdings holdings() {
    return new Holdings(services, handlers.stream().map(handler -> handler.inner).toList());
  }

  synchronized List<Handler> handlers() {
    return List.copyOf(handlers);
  }

  @Override
  public int instance() {
    return node.instance();
  }

  @Override
  public CompletableFuture<Void> loaded(CompletableFuture<Void> topLevel) {
    return node.loaded(topLevel);
  }

  @Override
  public CompletableFuture<Void> add(ServiceDefinition service, Placement placement) {
    boolean waits;
    synchronized (this) {
      if (place == Place.REPLACED) {
        return CompletableFuture.failedFuture(replacedFailure());
      }
      waits = place == Place.OUTSIDE;
      if (waits && services.stream().anyMatch(each -> each.scope().equals(service.scope()))) {
        return CompletableFuture.failedFuture(
            new RunarException(
                Code.DUPLICATE,
                "service path \""
                    + service.scope().servicePath()
                    + "\" is taken; choose another path"));
      }
    }
    return node.place(service, placement, waits).thenCompose(this::addPlaced);
  }

  private CompletableFuture<Void> addPlaced(ServiceDefinition placed) {
    boolean waits;
    synchronized (this) {
      if (place == Place.REPLACED) { // it has failed meanwhile
        placed.lifecycle().removed();
        return CompletableFuture.failedFuture(replacedFailure());
      }
      waits = place == Place.OUTSIDE;
      services.add(placed);
    }
    return waits ? kept(placed, placed.lifecycle().init()) : intoNode(placed);
  }

  /** Who takes over in the middle of it may be too early to find the service: then it goes. */
  private CompletableFuture<Void> intoNode(ServiceDefinition placed) {
    if (node.has(placed)) { // it has instances, which have lived on
      return CompletableFuture.completedFuture(null);
    }
    CompletableFuture<Void> added =
        all.left(placed.scope())
            .map(away -> inPlaceOf(away, placed))
            .orElseGet(() -> node.add(placed, Placement.HERE));
    if (isReplaced() && node.has(placed)) {
      node.gone(placed);
      node.forget(placed);
      return CompletableFuture.failedFuture(replacedFailure());
    }
    return kept(placed, added);
  }

  /** One of a context that has died is replaced by its like. */
  private CompletableFuture<Void> inPlaceOf(ServiceDefinition away, ServiceDefinition placed) {
    all.replacing(away);
    return node.replace(away, placed)
        .whenComplete(
            (done, error) -> {
              all.decided(away);
              if (node.has(placed)) {
                away.lifecycle().removed();
              }
            });
  }

  /** Nothing of it is needed any more. */
  void discard() {
    leave().forEach(service -> service.lifecycle().removed());
  }

  @Override
  public CompletableFuture<Void> replace(ServiceDefinition away, ServiceDefinition service) {
    return node.replace(away, service);
  }

  /** One that fails to start stays registered. */
  private CompletableFuture<Void> kept(ServiceDefinition service, CompletableFuture<Void> added) {
    return added.whenComplete(
        (done, error) -> {
          if (error != null && !node.has(service)) {
            synchronized (this) {
              services.remove(service);
            }
          }
        });
  }

  @Override
  public CompletableFuture<Void> remove(String path) {
    synchronized (this) {
      if (place == Place.REPLACED) {
        return CompletableFuture.failedFuture(replacedFailure());
      }
      if (place == Place.OUTSIDE) {
        return services.removeIf(service -> service.scope().servicePath().equals(path))
            ? CompletableFuture.completedFuture(null)
            : CompletableFuture.failedFuture(
                new RunarException(Code.NOT_FOUND, "there is no service \"" + path + "\""));
      }
    }
    return node.remove(path)
        .thenRun(
            () -> {
              synchronized (this) {
                services.removeIf(service -> !node.has(service));
              }
            });
  }

  @Override
  public void away(ServiceDefinition service, String why) {
    if (isInNode()) {
      node.away(service, why);
    }
  }

  @Override
  public void gone(ServiceDefinition service) {
    if (isInNode()) {
      node.gone(service);
    }
  }

  @Override
  public void forget(ServiceDefinition service) {
    if (isInNode()) {
      node.forget(service);
    }
  }

  private synchronized boolean isInNode() {
    return place == Place.IN_NODE;
  }

  @Override
  public boolean has(ServiceDefinition service) {
    synchronized (this) {
      if (place == Place.OUTSIDE) {
        return services.contains(service);
      }
    }
    return node.has(service);
  }

  @Override
  public synchronized Subscription subscribe(
      String pattern, EventEndpoint handler, SubscribeOptions options) {
    Subscription inner =
        switch (place) {
          case OUTSIDE -> node.prepare(pattern, handler, options);
          case IN_NODE, ON_TRIAL -> node.subscribe(pattern, handler, options);
          case REPLACED -> throw replacedFailure();
        };
    var known = new Handler(inner, handler);
    handlers.add(known);
    return known;
  }

  @Override
  public Subscription prepare(String pattern, EventEndpoint handler, SubscribeOptions options) {
    return node.prepare(pattern, handler, options);
  }

  @Override
  public List<ServiceDefinition> exchange(Holdings out, Holdings in) {
    return node.exchange(out, in);
  }

  @Override
  public boolean startsServices() {
    return node.startsServices();
  }

  /** At once for one outside, if the node runs: what it asks of the node the one before answers. */
  @Override
  public CompletableFuture<List<URI>> start() {
    return node.start();
  }

  private static RunarException replacedFailure() {
    return new RunarException(
        Code.NOT_RUNNING, "a new version of the script has taken over; this one is ending");
  }
}
