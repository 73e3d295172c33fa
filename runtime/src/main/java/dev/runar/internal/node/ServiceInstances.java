package dev.runar.internal.node;

import dev.runar.Payload;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.internal.node.ServiceDefinition.Action;
import dev.runar.internal.node.ServiceDefinition.EventListener;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * One service that lives in several places: to the node it is one, and each request, event and
 * connection goes to one of its instances. A key always goes to the same instance, in order; a
 * request without one goes to the least busy, an event without one goes by its topic. Any thread.
 *
 * <p>While an instance is away, requests and events with its keys are refused, each to its sender;
 * the other instances answer the rest.
 */
public final class ServiceInstances {
  private final ServiceDefinition service;
  private final InstancePlaces places;
  private final Runnable removed;
  private Phase phase = Phase.ADDED; // guarded by this

  private enum Phase {
    ADDED,
    INITIALISED,
    STARTED
  }

  /**
   * A service without instances yet; {@link #put} puts each into its place.
   *
   * @param like what each instance is like
   * @param removed runs when the service has left the node
   */
  public ServiceInstances(ServiceDefinition like, int count, InstanceKeys keys, Runnable removed) {
    this.removed = removed;
    this.places = new InstancePlaces(count, like.scope().servicePath());
    var sockets = new LinkedHashMap<String, SocketEndpoint>();
    like.sockets().keySet().forEach(url -> sockets.put(url, new InstanceSockets(url, places)));
    this.service =
        new ServiceDefinition(
            like.scope(),
            like.name(),
            like.version(),
            like.description(),
            actions(like, keys),
            events(like, keys),
            sockets,
            like.topics(),
            like.dependsOn(),
            count,
            new Lives());
  }

  private List<Action> actions(ServiceDefinition like, InstanceKeys keys) {
    var actions = new ArrayList<Action>();
    for (Action action : like.actions()) {
      actions.add(
          new Action(
              action.name(),
              action.params(),
              action.options(),
              new InstanceActions(action, actions.size(), keys, places)));
    }
    return actions;
  }

  private List<EventListener> events(ServiceDefinition like, InstanceKeys keys) {
    var events = new ArrayList<EventListener>();
    for (EventListener listener : like.events()) {
      events.add(
          new EventListener(
              listener.pattern(),
              listener.options(),
              new InstanceEvents(events.size(), like.scope(), keys, places)));
    }
    return events;
  }

  /** What the node registers. */
  public ServiceDefinition service() {
    return service;
  }

  public int count() {
    return places.count();
  }

  /** Whether it is this one that has the place. */
  public boolean has(int index, ServiceDefinition instance) {
    return instance.equals(places.at(index));
  }

  /**
   * Puts an instance into its place, initialised and started as far as the service is.
   *
   * @throws RunarException in the future: {@code INVALID_INPUT} if it is not like the service; what
   *     its init or start threw
   */
  public CompletableFuture<Void> put(int index, ServiceDefinition instance) {
    Optional<String> difference = difference(instance);
    if (difference.isPresent()) {
      return CompletableFuture.failedFuture(
          new RunarException(
              Code.INVALID_INPUT,
              places.who(index) + " is not like the others: " + difference.get()));
    }
    return put(index, instance, Phase.ADDED);
  }

  /** Step by step, as the service may go on meanwhile. */
  private CompletableFuture<Void> put(int index, ServiceDefinition instance, Phase reached) {
    synchronized (this) {
      if (reached == phase) {
        places.put(index, instance);
        return CompletableFuture.completedFuture(null);
      }
    }
    var life = instance.lifecycle();
    return reached == Phase.ADDED
        ? life.init().thenCompose(done -> put(index, instance, Phase.INITIALISED))
        : life.start().thenCompose(done -> put(index, instance, Phase.STARTED));
  }

  /**
   * Takes an instance that has ended from its place. What it was sent and has not answered is its
   * own to answer.
   */
  public void remove(int index, ServiceDefinition instance, String why) {
    places.vacate(index, instance, why);
  }

  private Optional<String> difference(ServiceDefinition other) {
    return difference("actions", service.actions(), other.actions(), Action::name)
        .or(() -> difference("events", service.events(), other.events(), EventListener::pattern))
        .or(
            () ->
                difference(
                    "sockets",
                    List.copyOf(service.sockets().keySet()),
                    List.copyOf(other.sockets().keySet()),
                    url -> url));
  }

  private static <T> Optional<String> difference(
      String what, List<T> ours, List<T> its, Function<T, String> name) {
    List<String> wanted = ours.stream().map(name).toList();
    List<String> given = its.stream().map(name).toList();
    return wanted.equals(given)
        ? Optional.empty()
        : Optional.of("it has the " + what + " " + given + ", they have " + wanted);
  }

  /** Each step is done by all instances at once. */
  private final class Lives implements ServiceDefinition.Lifecycle {
    @Override
    public CompletableFuture<Void> init() {
      reach(Phase.INITIALISED);
      return all(ServiceDefinition.Lifecycle::init);
    }

    @Override
    public CompletableFuture<Void> start() {
      reach(Phase.STARTED);
      return all(ServiceDefinition.Lifecycle::start);
    }

    @Override
    public CompletableFuture<Void> stop() {
      return all(ServiceDefinition.Lifecycle::stop);
    }

    @Override
    public CompletableFuture<Void> pause() {
      return all(ServiceDefinition.Lifecycle::pause);
    }

    @Override
    public CompletableFuture<Void> resume() {
      return all(ServiceDefinition.Lifecycle::resume);
    }

    /** One that is not ready speaks for all. */
    @Override
    public CompletableFuture<Optional<Payload>> health() {
      return InstanceHealth.of(places);
    }

    @Override
    public CompletableFuture<Void> drained() {
      return all(ServiceDefinition.Lifecycle::drained);
    }

    @Override
    public void removed() {
      removed.run();
    }

    private void reach(Phase next) {
      synchronized (ServiceInstances.this) {
        phase = next;
      }
    }

    private CompletableFuture<Void> all(
        Function<ServiceDefinition.Lifecycle, CompletableFuture<Void>> step) {
      var steps = new ArrayList<CompletableFuture<Void>>();
      for (int i = 0; i < count(); i++) {
        ServiceDefinition instance = places.at(i);
        if (instance != null) {
          steps.add(step.apply(instance.lifecycle()));
        }
      }
      return CompletableFuture.allOf(steps.toArray(CompletableFuture<?>[]::new));
    }
  }
}
