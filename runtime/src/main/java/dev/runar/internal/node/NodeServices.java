package dev.runar.internal.node;

import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.Service;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** The services of a node: how they come, go, and take each other's place. Any thread. */
public final class NodeServices {
  private final NodeCore core;
  private final Registry registry;
  private final JavaServices javaServices;
  private final ServiceLifecycles lifecycles;
  private final InFlight inFlight;

  NodeServices(
      NodeCore core,
      Registry registry,
      JavaServices javaServices,
      ServiceLifecycles lifecycles,
      InFlight inFlight) {
    this.core = core;
    this.registry = registry;
    this.javaServices = javaServices;
    this.lifecycles = lifecycles;
    this.inFlight = inFlight;
  }

  public CompletableFuture<Void> add(Service service) {
    try {
      refuseReserved(service.path());
      return lifecycles.add(javaServices.define(service));
    } catch (RunarException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  public CompletableFuture<Void> add(ServiceDefinition definition) {
    try {
      refuseReserved(definition.scope().servicePath());
      return lifecycles.add(definition);
    } catch (RunarException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /** What the service ran on has ended: it is in {@code ERROR} until it is removed. */
  public void gone(ServiceDefinition definition) {
    lifecycles.gone(definition);
  }

  /**
   * What the service ran on has ended, and another will take its place: until then requests fail
   * with {@code NOT_RUNNING}. Repeatable, with another reason.
   *
   * @param why what its callers are told
   */
  public void away(ServiceDefinition definition, String why) {
    lifecycles.away(definition, why);
  }

  /**
   * Puts a service into the place of one that is gone or away. Fails as {@link
   * #add(ServiceDefinition)} does; the one that is away stays then.
   */
  public CompletableFuture<Void> replace(ServiceDefinition away, ServiceDefinition definition) {
    return lifecycles.replace(away, definition);
  }

  /** What a raw WebSocket connection was with has ended, though its service lives on. */
  public void socketsGone(Collection<SocketEndpoint> endpoints) {
    endpoints.forEach(lifecycles::tellGone);
  }

  /** Removes a service that is gone, so that its path is free. */
  public void forget(ServiceDefinition definition) {
    lifecycles.forget(definition);
  }

  /** What services from outside do of the node's own work. */
  public Roles roles() {
    return registry.http().roles();
  }

  /** Whether it is this one that has its path, in whatever state. */
  public boolean has(ServiceDefinition definition) {
    return registry.find(definition).isPresent();
  }

  /** Adds a service of the node itself, whose path begins with {@code $}. */
  public CompletableFuture<Void> addOwn(Service service) {
    return lifecycles.add(javaServices.define(service));
  }

  public CompletableFuture<Void> remove(String path) {
    return lifecycles.remove(path);
  }

  /** Starts every service that is initialised; those added later start at once. */
  public CompletableFuture<Void> startAll() {
    return addOwn(Introspection.registryService(core, registry))
        .thenCompose(added -> lifecycles.startAll())
        .handle((done, failure) -> Optional.ofNullable(failure))
        .thenCompose(
            failure ->
                core.health().begin().thenAccept(asked -> failure.ifPresent(NodeServices::fail)));
  }

  private static void fail(Throwable reason) {
    throw Failures.of(reason);
  }

  /** Stops services in the reverse order of their start, each within {@code drainTimeout}. */
  public CompletableFuture<Void> stopAll() {
    return lifecycles
        .stopAll(core.config().drainTimeout())
        .whenComplete((done, error) -> inFlight.endStreams(NodeCore.stopped()));
  }

  CompletableFuture<Void> pause(String path) {
    return lifecycles.pause(path);
  }

  CompletableFuture<Void> resume(String path) {
    return lifecycles.resume(path);
  }

  /**
   * Puts what one script context has in the node into the place of what others have, in one step
   * for whoever publishes: each event goes to the one or to the other. Services are not
   * initialised, started or stopped by it.
   *
   * @return the services that have gone out: those of the others that were there
   * @throws RunarException {@code DUPLICATE}, {@code INVALID_PATH}; nothing has changed then
   */
  public List<ServiceDefinition> exchange(Holdings out, Holdings in) {
    for (ServiceDefinition service : in.services()) {
      refuseReserved(service.scope().servicePath());
    }
    return lifecycles.exchange(out, in);
  }

  /** Whether services are started when they are added. */
  public boolean areStarted() {
    return lifecycles.isRunning();
  }

  private static void refuseReserved(String path) {
    if (path.startsWith("$") && !Roles.isOne(path)) {
      throw new RunarException(
          Code.INVALID_PATH,
          "service path \"" + path + "\" is reserved: paths that begin with $ are the node's own");
    }
  }
}
