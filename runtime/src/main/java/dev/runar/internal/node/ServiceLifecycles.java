package dev.runar.internal.node;

import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.Service.State;
import dev.runar.spi.Clock;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Takes services through their lives: init when they are added, start when the node runs, stop in
 * the reverse order of start. Any thread.
 */
final class ServiceLifecycles {
  private static final Logger LOG = System.getLogger("dev.runar.node");

  private final Registry registry;
  private final ServiceListeners listeners;
  private final NodeCore core;
  private final Clock clock;
  private final Dependencies dependencies;
  private final ServiceStates states;
  private final ServicePauses pauses;

  /** One for each open port. */
  private final List<SocketWatcher> socketWatchers = new CopyOnWriteArrayList<>();

  private final List<ServiceEntry> started = new ArrayList<>(); // guarded by this
  private boolean running; // guarded by this

  ServiceLifecycles(Registry registry, EventBus bus, NodeCore core, Dependencies dependencies) {
    this.registry = registry;
    this.listeners = new ServiceListeners(bus);
    this.core = core;
    this.clock = core.clock();
    this.dependencies = dependencies;
    this.states = new ServiceStates(registry, dependencies, bus, clock);
    this.pauses = new ServicePauses(states, core.config().requestTimeout());
  }

  /** Registers and initialises; starts too when the node runs already. */
  CompletableFuture<Void> add(ServiceDefinition definition) {
    ServiceEntry entry;
    try {
      entry = new ServiceEntry(definition, core);
      listeners.check(definition);
      dependencies.register(entry);
    } catch (RunarException e) {
      return CompletableFuture.failedFuture(e);
    }
    return begin(entry, () -> registry.remove(entry)); // nothing stays half-registered
  }

  /** As {@link #add}, in the place of one that is away, which stays if this one fails. */
  CompletableFuture<Void> replace(ServiceDefinition away, ServiceDefinition definition) {
    ServiceEntry entry;
    ServiceEntry old;
    try {
      listeners.check(definition);
      entry = new ServiceEntry(definition, core);
      old = registry.replace(away, entry);
    } catch (RunarException e) {
      return CompletableFuture.failedFuture(e);
    }
    entry.away = old.away;
    return begin(entry, () -> putBack(entry, old));
  }

  /** What failed to begin goes, in any case; the other stays away if another has the place. */
  private void putBack(ServiceEntry entry, ServiceEntry old) {
    try {
      registry.putBack(entry, old);
    } catch (RunarException e) {
      LOG.log(Level.INFO, "service not put back path=" + old.path() + " why=" + e.getMessage());
      registry.remove(entry);
    }
  }

  private CompletableFuture<Void> begin(ServiceEntry entry, Runnable undo) {
    return entry
        .definition
        .lifecycle()
        .init()
        .handle(
            (done, error) -> {
              if (error != null) {
                undo.run();
                throw Failures.of(error);
              }
              refuseReplaced(entry);
              states.change(entry, State.INITIALIZED);
              return entry;
            })
        .thenCompose(this::startIfRunning);
  }

  /** What has left the node meanwhile does not begin. */
  private void refuseReplaced(ServiceEntry entry) {
    if (registry.find(entry.definition).filter(entry::equals).isEmpty()) {
      throw new RunarException(
          Code.NOT_RUNNING, "service \"" + entry.path() + "\" was replaced before it began");
    }
  }

  CompletableFuture<Void> remove(String path) {
    return withService(
        path,
        entry ->
            stop(entry)
                .thenRun(
                    () -> {
                      registry.remove(entry);
                      dependencies.forget(entry);
                      synchronized (this) {
                        started.remove(entry);
                      }
                      tellSocketWatchers(entry);
                      entry.definition.lifecycle().removed();
                    }));
  }

  /** Starts what is initialised. One that fails is reported in the future; the others run. */
  CompletableFuture<Void> startAll() {
    synchronized (this) {
      running = true;
    }
    var failures = new ArrayList<RunarException>();
    CompletableFuture<Void> chain = CompletableFuture.completedFuture(null);
    List<ServiceEntry> initialized =
        registry.all().stream().filter(entry -> entry.state == State.INITIALIZED).toList();
    for (ServiceEntry entry : Dependencies.inOrder(initialized)) {
      chain =
          chain
              .thenCompose(previous -> startOrWait(entry))
              .exceptionally(
                  error -> {
                    failures.add(Failures.of(error));
                    return null;
                  });
    }
    return chain.thenRun(
        () -> {
          if (!failures.isEmpty()) {
            RunarException first = failures.get(0);
            failures.stream().skip(1).forEach(first::addSuppressed);
            throw first;
          }
        });
  }

  CompletableFuture<Void> stopAll(Duration drainTimeout) {
    List<ServiceEntry> reverse;
    synchronized (this) {
      running = false;
      reverse = Dependencies.inOrder(started).reversed();
      started.clear();
    }
    dependencies.forgetAll();
    CompletableFuture<Void> chain = CompletableFuture.completedFuture(null);
    for (ServiceEntry entry : reverse) {
      chain =
          chain.thenCompose(
              previous ->
                  stop(entry)
                      .orTimeout(Clock.nanosOf(drainTimeout), TimeUnit.NANOSECONDS)
                      .exceptionally(
                          error -> {
                            LOG.log(
                                Level.WARNING,
                                "service did not stop cleanly path=" + entry.path(),
                                error);
                            return null;
                          }));
    }
    return chain;
  }

  CompletableFuture<Void> pause(String path) {
    return withService(path, pauses::pause);
  }

  CompletableFuture<Void> resume(String path) {
    return withService(path, pauses::resume);
  }

  private CompletableFuture<Void> withService(
      String path, Function<ServiceEntry, CompletableFuture<Void>> action) {
    try {
      return registry
          .find(path)
          .map(action)
          .orElseThrow(
              () -> new RunarException(Code.NOT_FOUND, "there is no service \"" + path + "\""));
    } catch (RunarException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private CompletableFuture<Void> startIfRunning(ServiceEntry entry) {
    return isRunning() ? startOrWait(entry) : CompletableFuture.completedFuture(null);
  }

  /**
   * Starts it if all that it depends on runs. Else it starts later, and nobody waits for that here:
   * what it waits for may be what the caller adds next.
   */
  private CompletableFuture<Void> startOrWait(ServiceEntry entry) {
    if (!entry.claimStart()) {
      return CompletableFuture.completedFuture(null);
    }
    if (dependencies.missing(entry).isEmpty()) {
      return start(entry);
    }
    CompletableFuture<Void> ready = dependencies.await(entry);
    LOG.log(Level.INFO, () -> "service path=" + entry.path() + " " + entry.problem);
    var _ =
        ready
            .whenComplete(
                (granted, late) -> {
                  if (late != null) {
                    states.change(entry, State.ERROR);
                  }
                })
            .thenCompose(granted -> start(entry))
            .whenComplete(
                (done, error) -> {
                  if (error != null) {
                    LOG.log(Level.ERROR, Failures.of(error).report());
                  }
                });
    return CompletableFuture.completedFuture(null);
  }

  /** Subscribed before {@code start}, so that an event published by it is not missed. */
  private CompletableFuture<Void> start(ServiceEntry entry) {
    listeners.subscribe(entry);
    entry.isStarting = true;
    return entry
        .definition
        .lifecycle()
        .start()
        .handle(
            (done, error) -> {
              entry.isStarting = false;
              if (error != null) {
                ServiceListeners.unsubscribe(entry);
                RunarException cause = Failures.of(error);
                entry.problem = "failed to start: " + cause.getMessage();
                states.change(entry, State.ERROR);
                throw new RunarException(
                    cause.code(),
                    "service \"" + entry.path() + "\" failed to start: " + cause.getMessage(),
                    cause);
              }
              entry.startedMs = clock.wallMs();
              entry.away = "";
              synchronized (this) {
                started.add(entry);
              }
              states.change(entry, State.RUNNING);
              return null;
            });
  }

  private CompletableFuture<Void> stop(ServiceEntry entry) {
    if (entry.state != State.RUNNING && entry.state != State.PAUSED) {
      return CompletableFuture.completedFuture(null);
    }
    return entry
        .definition
        .lifecycle()
        .stop()
        .whenComplete(
            (done, error) -> {
              ServiceListeners.unsubscribe(entry);
              states.change(entry, error == null ? State.STOPPED : State.ERROR);
            });
  }

  /** A service whose context has ended by itself; one that was stopped before stays stopped. */
  void gone(ServiceDefinition definition) {
    registry
        .find(definition)
        .filter(entry -> entry.state != State.STOPPED)
        .ifPresent(
            entry -> {
              entry.isGone = true;
              dependencies.forget(entry);
              ServiceListeners.unsubscribe(entry);
              synchronized (this) {
                started.remove(entry);
              }
              states.change(entry, State.ERROR);
              tellSocketWatchers(entry);
            });
  }

  /** A service whose context has ended and will be made anew. */
  void away(ServiceDefinition definition, String why) {
    registry
        .find(definition)
        .filter(entry -> entry.state != State.STOPPED)
        .ifPresent(
            entry -> {
              boolean wasHere = entry.away.isEmpty();
              entry.away = why;
              dependencies.forget(entry);
              if (wasHere || entry.state == State.RUNNING) {
                ServiceListeners.unsubscribe(entry);
                synchronized (this) {
                  started.remove(entry);
                }
                states.change(entry, State.ERROR);
                tellSocketWatchers(entry);
              }
            });
  }

  /** After {@link #gone}. */
  void forget(ServiceDefinition definition) {
    registry.find(definition).ifPresent(registry::remove);
  }

  void watchSockets(SocketWatcher watcher) {
    socketWatchers.add(watcher);
  }

  void unwatchSockets(SocketWatcher watcher) {
    socketWatchers.remove(watcher);
  }

  private void tellSocketWatchers(ServiceEntry entry) {
    entry.definition.sockets().values().forEach(this::tellGone);
  }

  /** Nobody is behind the endpoint any more. */
  void tellGone(SocketEndpoint endpoint) {
    socketWatchers.forEach(watcher -> watcher.gone(endpoint));
  }

  synchronized boolean isRunning() {
    return running;
  }

  /** See {@link NodeServices#exchange}. */
  List<ServiceDefinition> exchange(Holdings out, Holdings in) {
    in.services().forEach(listeners::check);
    var exchange = new ServiceExchange(out, in, registry, core);
    exchange.check(dependencies);
    boolean runs = isRunning();
    exchange.run(listeners, runs); // without the lock, since retained events are offered meanwhile
    synchronized (this) {
      started.removeAll(exchange.leaving());
      if (runs) {
        started.addAll(exchange.coming());
      }
    }
    exchange.tell(
        (gone, successor) -> {
          if (successor == null) {
            tellGone(gone);
          } else {
            socketWatchers.forEach(watcher -> watcher.replaced(gone, successor));
          }
        });
    exchange.leaving().forEach(dependencies::forget);
    exchange.removed().forEach(entry -> states.change(entry, State.STOPPED));
    exchange.added().forEach(entry -> states.change(entry, entry.state));
    return exchange.leaving().stream().map(entry -> entry.definition).toList();
  }
}
