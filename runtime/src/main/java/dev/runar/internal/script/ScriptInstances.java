package dev.runar.internal.script;

import dev.runar.Permissions;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.SubscribeOptions;
import dev.runar.Subscription;
import dev.runar.internal.node.EventEndpoint;
import dev.runar.internal.node.Holdings;
import dev.runar.internal.node.NodeCore;
import dev.runar.internal.node.ServiceDefinition;
import dev.runar.internal.node.ServiceInstances;
import dev.runar.internal.node.ServiceScope;
import dev.runar.internal.sdk.Placement;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the own context of a script defines. Most of it goes straight into the node; a service that
 * asks for instances, or that may reach what the rest of the script may not, lives in contexts of
 * its own. Any thread.
 */
final class ScriptInstances implements Registrar {
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final Registrar node;
  private final Supplier<NodeCore> core;
  private final ContextPool pool;
  private final Permissions granted;
  private final Scripts scripts;
  private final List<Group> groups = new CopyOnWriteArrayList<>();

  /** Makes and forgets the scripts of instances. */
  interface Scripts {
    /**
     * A script that has not begun.
     *
     * @param what it is, such as {@code math.0}
     */
    SupervisedScript make(String what, Permissions granted, Registrar registrar);

    void forget(SupervisedScript script);
  }

  ScriptInstances(
      Registrar node,
      Supplier<NodeCore> core,
      ContextPool pool,
      Permissions granted,
      Scripts scripts) {
    this.node = node;
    this.core = core;
    this.pool = pool;
    this.granted = granted;
    this.scripts = scripts;
  }

  @Override
  public CompletableFuture<ServiceDefinition> place(
      ServiceDefinition service, Placement placement, boolean anew) {
    String path = service.scope().servicePath();
    boolean ownGrants = granted.services().containsKey(path);
    if (placement.instances() == 0 && !ownGrants) {
      return CompletableFuture.completedFuture(service);
    }
    Optional<Group> known = group(service.scope());
    if (known.isPresent() && !anew) {
      // The program's context was ended and has come back; the instances have lived on.
      return CompletableFuture.completedFuture(known.get().instances.service());
    }
    var group = new Group(service, Math.max(1, placement.instances()), placement);
    try {
      pool.take(group.count, "service \"" + path + "\"");
    } catch (RunarException e) {
      return CompletableFuture.failedFuture(e);
    }
    groups.addFirst(group);
    return group
        .begin()
        .thenApply(begun -> group.instances.service())
        .whenComplete(
            (placed, error) -> {
              if (error != null) {
                group.end(new RunarException(Code.CONTEXT_GONE, "the service was not added"));
              }
            });
  }

  /** The newest of a scope: an older one has been replaced and is ending. */
  private Optional<Group> group(ServiceScope scope) {
    return groups.stream()
        .filter(group -> group.instances.service().scope().equals(scope))
        .findFirst();
  }

  /** The one that a service stands for; else that of its scope. */
  private Optional<Group> group(ServiceDefinition service) {
    return groups.stream()
        .filter(group -> group.instances.service().equals(service))
        .findFirst()
        .or(() -> group(service.scope()));
  }

  @Override
  public CompletableFuture<Void> add(ServiceDefinition service, Placement placement) {
    if (node.has(service)) {
      return CompletableFuture.completedFuture(null);
    }
    return node.add(service, placement)
        .whenComplete(
            (done, error) -> {
              if (error != null) {
                service.lifecycle().removed();
              }
            });
  }

  @Override
  public CompletableFuture<Void> replace(ServiceDefinition away, ServiceDefinition service) {
    return node.replace(away, service)
        .whenComplete(
            (done, error) -> {
              if (error != null) {
                service.lifecycle().removed();
              }
            });
  }

  @Override
  public CompletableFuture<Void> remove(String path) {
    return node.remove(path);
  }

  @Override
  public void away(ServiceDefinition service, String why) {
    if (group(service).isEmpty()) {
      node.away(service, why);
    }
  }

  @Override
  public void gone(ServiceDefinition service) {
    if (group(service).isEmpty()) {
      node.gone(service);
    }
  }

  @Override
  public void forget(ServiceDefinition service) {
    Optional<Group> group = group(service);
    if (group.isEmpty()) {
      node.forget(service);
      return;
    }
    ServiceDefinition placed = group.get().instances.service();
    node.gone(placed);
    node.forget(placed);
    placed.lifecycle().removed();
  }

  @Override
  public boolean has(ServiceDefinition service) {
    return node.has(service);
  }

  @Override
  public Subscription subscribe(String pattern, EventEndpoint handler, SubscribeOptions options) {
    return node.subscribe(pattern, handler, options);
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

  @Override
  public CompletableFuture<List<URI>> start() {
    return node.start();
  }

  /** The contexts of one service. */
  private final class Group {
    private final int count;
    private final ServiceInstances instances;
    private final List<SupervisedScript> members = new ArrayList<>(); // guarded by this
    private @Nullable RunarException ended; // guarded by this

    Group(ServiceDefinition like, int count, Placement placement) {
      this.count = count;
      this.instances =
          new ServiceInstances(
              like,
              count,
              placement.keys(),
              () -> end(new RunarException(Code.CONTEXT_GONE, "the service has gone")));
    }

    CompletableFuture<Void> begin() {
      String path = instances.service().scope().servicePath();
      var begun = new ArrayList<CompletableFuture<Void>>();
      for (int i = 0; i < count; i++) {
        var registrar = new InstanceRegistrar(i, instances, core, node);
        SupervisedScript member = scripts.make(path + "." + i, granted.ofService(path), registrar);
        begun.add(pool.begin(() -> begin(member)));
      }
      return CompletableFuture.allOf(begun.toArray(CompletableFuture<?>[]::new));
    }

    private CompletableFuture<Void> begin(SupervisedScript member) {
      synchronized (this) {
        if (ended != null) {
          scripts.forget(member);
          return CompletableFuture.failedFuture(ended);
        }
        members.add(member);
      }
      return member.begin();
    }

    /** Ends the contexts; what they have not answered fails with the reason. Repeatable. */
    void end(RunarException reason) {
      List<SupervisedScript> living;
      synchronized (this) {
        if (ended != null) {
          return;
        }
        ended = reason;
        living = List.copyOf(members);
      }
      groups.remove(this);
      var ends =
          living.stream()
              .map(member -> member.stop(reason, PATIENCE))
              .toArray(CompletableFuture<?>[]::new);
      var _ =
          CompletableFuture.allOf(ends)
              .whenComplete(
                  (done, error) -> {
                    living.forEach(scripts::forget);
                    pool.giveBack(count);
                  });
    }
  }
}
