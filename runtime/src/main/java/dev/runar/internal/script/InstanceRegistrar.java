package dev.runar.internal.script;

import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.SubscribeOptions;
import dev.runar.Subscription;
import dev.runar.internal.node.EventEndpoint;
import dev.runar.internal.node.Holdings;
import dev.runar.internal.node.NodeCore;
import dev.runar.internal.node.ServiceDefinition;
import dev.runar.internal.node.ServiceInstances;
import dev.runar.internal.sdk.Placement;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * One instance of a service. Its context runs the same script as the program's own, and of all that
 * the script defines only that service counts here: the rest is in the program's context, and is
 * there once.
 */
final class InstanceRegistrar implements Registrar {
  private static final Logger LOG = System.getLogger("dev.runar.script");

  private final int index;
  private final ServiceInstances instances;
  private final Supplier<NodeCore> core;
  private final Registrar node;
  private final AtomicLong inertIds = new AtomicLong();
  private volatile CompletableFuture<Void> added = new CompletableFuture<>();

  InstanceRegistrar(
      int index, ServiceInstances instances, Supplier<NodeCore> core, Registrar node) {
    this.index = index;
    this.instances = instances;
    this.core = core;
    this.node = node;
  }

  @Override
  public int instance() {
    return index;
  }

  /** Loaded as soon as the service is there: what follows in the script is the program's. */
  @Override
  public CompletableFuture<Void> loaded(CompletableFuture<Void> topLevel) {
    var awaited = new CompletableFuture<Void>();
    added = awaited;
    var _ =
        topLevel.whenComplete(
            (done, error) -> {
              Throwable reason = error == null ? notAdded() : error;
              if (!awaited.completeExceptionally(reason) && error != null) {
                LOG.log(Level.ERROR, who() + ": the script failed: " + error.getMessage());
              }
            });
    return awaited;
  }

  private RunarException notAdded() {
    return new RunarException(
        Code.SCRIPT,
        who()
            + ": the script has run to its end without adding the service; each instance runs the"
            + " script anew and has to come to the same addService");
  }

  private String who() {
    return "instance " + index + " of service \"" + path() + "\"";
  }

  private String path() {
    return instances.service().scope().servicePath();
  }

  @Override
  public CompletableFuture<Void> add(ServiceDefinition service, Placement placement) {
    if (!service.scope().equals(instances.service().scope())) {
      return CompletableFuture.completedFuture(null);
    }
    CompletableFuture<Void> awaited = added;
    return instances
        .put(index, service)
        .whenComplete(
            (done, error) -> {
              if (error == null) {
                awaited.complete(null);
              } else {
                awaited.completeExceptionally(error);
              }
            });
  }

  @Override
  public CompletableFuture<Void> replace(ServiceDefinition away, ServiceDefinition service) {
    return add(service, Placement.HERE);
  }

  @Override
  public CompletableFuture<Void> remove(String path) {
    return path.equals(path()) ? node.remove(path) : CompletableFuture.completedFuture(null);
  }

  @Override
  public void away(ServiceDefinition service, String why) {
    instances.remove(index, service, why);
    core.get().services().socketsGone(service.sockets().values());
  }

  @Override
  public void gone(ServiceDefinition service) {
    away(service, "its script was ended and stays away");
  }

  @Override
  public void forget(ServiceDefinition service) {}

  @Override
  public boolean has(ServiceDefinition service) {
    return instances.has(index, service);
  }

  /** The program's context has it. */
  @Override
  public Subscription subscribe(String pattern, EventEndpoint handler, SubscribeOptions options) {
    return new Inert(inertIds.decrementAndGet(), pattern);
  }

  private record Inert(long id, String pattern) implements Subscription {
    @Override
    public void close() {}
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

  /** Does not complete once the service is here: what follows is the program's, and runs there. */
  @Override
  public CompletableFuture<List<URI>> start() {
    return added.isDone() ? new CompletableFuture<>() : node.start();
  }
}
