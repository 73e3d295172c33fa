package dev.runar.internal.node;

import dev.runar.Delivery;
import dev.runar.Payload;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.Session;
import dev.runar.internal.node.ServiceDefinition.Action;
import dev.runar.internal.node.ServiceDefinition.EventListener;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

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
  private final InstanceKeys keys;
  private final AtomicReferenceArray<Place> places;
  private final AtomicInteger turn = new AtomicInteger();
  private final Runnable removed;
  private Phase phase = Phase.ADDED; // guarded by this

  private enum Phase {
    ADDED,
    INITIALISED,
    STARTED
  }

  /**
   * Where one instance is, or why there is none.
   *
   * @param instance null: there is none
   */
  private record Place(@Nullable ServiceDefinition instance, String why) {}

  /**
   * A service without instances yet; {@link #put} puts each into its place.
   *
   * @param like what each instance is like
   * @param removed runs when the service has left the node
   */
  public ServiceInstances(ServiceDefinition like, int count, InstanceKeys keys, Runnable removed) {
    this.keys = keys;
    this.removed = removed;
    this.places = new AtomicReferenceArray<>(count);
    for (int i = 0; i < count; i++) {
      places.set(i, new Place(null, "it has not begun"));
    }
    var sockets = new LinkedHashMap<String, SocketEndpoint>();
    like.sockets().keySet().forEach(url -> sockets.put(url, new AnySocket(url)));
    this.service =
        new ServiceDefinition(
            like.scope(),
            like.name(),
            like.version(),
            like.description(),
            actions(like),
            events(like),
            sockets,
            new Lives());
  }

  private List<Action> actions(ServiceDefinition like) {
    var actions = new ArrayList<Action>();
    for (Action action : like.actions()) {
      actions.add(
          new Action(
              action.name(),
              action.description(),
              action.timeout(),
              action.params(),
              action.input(),
              action.output(),
              new AnyAction(action, actions.size())));
    }
    return actions;
  }

  private List<EventListener> events(ServiceDefinition like) {
    var events = new ArrayList<EventListener>();
    for (EventListener listener : like.events()) {
      events.add(new EventListener(listener.pattern(), new OneListener(events.size())));
    }
    return events;
  }

  /** What the node registers. */
  public ServiceDefinition service() {
    return service;
  }

  public int count() {
    return places.length();
  }

  /** Whether it is this one that has the place. */
  public boolean has(int index, ServiceDefinition instance) {
    return instance.equals(places.get(index).instance());
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
              Code.INVALID_INPUT, who(index) + " is not like the others: " + difference.get()));
    }
    Phase reached;
    synchronized (this) {
      reached = phase;
      if (reached == Phase.ADDED) {
        places.set(index, new Place(instance, ""));
        return CompletableFuture.completedFuture(null);
      }
    }
    CompletableFuture<Void> begun = instance.lifecycle().init();
    if (reached == Phase.STARTED) {
      begun = begun.thenCompose(done -> instance.lifecycle().start());
    }
    return begun.thenRun(() -> places.set(index, new Place(instance, "")));
  }

  /**
   * Takes an instance that has ended from its place. What it was sent and has not answered is its
   * own to answer.
   */
  public void remove(int index, ServiceDefinition instance, String why) {
    Place held = places.get(index);
    if (held.instance() == null || instance.equals(held.instance())) {
      places.set(index, new Place(null, why));
    }
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

  private String who(int index) {
    return "instance " + index + " of service \"" + service.scope().servicePath() + "\"";
  }

  private RunarException away(int index) {
    return new RunarException(
        Code.NOT_RUNNING, who(index) + " is away: " + places.get(index).why());
  }

  /** Requests of one action. */
  private final class AnyAction implements ActionEndpoint {
    private final Action like;
    private final int position;

    AnyAction(Action like, int position) {
      this.like = like;
      this.position = position;
    }

    @Override
    public Delivery offer(Invocation call) {
      OptionalInt keyed;
      try {
        keyed = keys.ofRequest(like, call, count());
      } catch (RunarException e) {
        call.fail(e);
        return Delivery.QUEUED;
      }
      if (keyed.isEmpty()) {
        return offerToAny(call);
      }
      ActionEndpoint endpoint = at(keyed.getAsInt());
      if (endpoint == null) {
        call.fail(away(keyed.getAsInt()));
        return Delivery.QUEUED;
      }
      return endpoint.offer(call);
    }

    private Delivery offerToAny(Invocation call) {
      int begin = leastBusy(Math.floorMod(turn.getAndIncrement(), count()));
      boolean full = false;
      for (int i = 0; i < count(); i++) {
        ActionEndpoint endpoint = at((begin + i) % count());
        switch (endpoint == null ? Delivery.CLOSED : endpoint.offer(call)) {
          case QUEUED -> {
            return Delivery.QUEUED;
          }
          case FULL -> full = true;
          case CLOSED -> {}
        }
      }
      if (full) {
        return Delivery.FULL;
      }
      call.fail(away(begin));
      return Delivery.QUEUED;
    }

    /** Of those that are equally busy, the first after {@code first}, so that they take turns. */
    private int leastBusy(int first) {
      int best = first;
      int least = Integer.MAX_VALUE;
      for (int i = 0; i < count() && least > 0; i++) {
        int index = (first + i) % count();
        ActionEndpoint endpoint = at(index);
        int unanswered = endpoint == null ? Integer.MAX_VALUE : endpoint.unanswered();
        if (unanswered < least) {
          least = unanswered;
          best = index;
        }
      }
      return best;
    }

    private @Nullable ActionEndpoint at(int index) {
      ServiceDefinition instance = places.get(index).instance();
      return instance == null ? null : instance.actions().get(position).endpoint();
    }

    @Override
    public int unanswered() {
      int all = 0;
      for (int i = 0; i < count(); i++) {
        ActionEndpoint endpoint = at(i);
        all += endpoint == null ? 0 : endpoint.unanswered();
      }
      return all;
    }

    @Override
    public boolean isRunning(Invocation call) {
      return running(call).isPresent();
    }

    @Override
    public Optional<String> stackOf(Invocation call) {
      return running(call).flatMap(endpoint -> endpoint.stackOf(call));
    }

    private Optional<ActionEndpoint> running(Invocation call) {
      for (int i = 0; i < count(); i++) {
        ActionEndpoint endpoint = at(i);
        if (endpoint != null && endpoint.isRunning(call)) {
          return Optional.of(endpoint);
        }
      }
      return Optional.empty();
    }
  }

  /** Events of one pattern: each is handled once, by one instance. */
  private final class OneListener implements EventEndpoint {
    private final int position;

    OneListener(int position) {
      this.position = position;
    }

    @Override
    public Delivery offer(EventDelivery delivery) {
      ServiceDefinition instance = places.get(keys.ofEvent(delivery.event(), count())).instance();
      return instance == null
          ? Delivery.CLOSED
          : instance.events().get(position).endpoint().offer(delivery);
    }
  }

  /** Connections to one URL path; each stays with one instance. */
  private final class AnySocket implements SocketEndpoint {
    private final String url;

    AnySocket(String url) {
      this.url = url;
    }

    /** The next instance that is there; none: this, which takes nothing. */
    @Override
    public SocketEndpoint ofNewConnection() {
      int first = Math.floorMod(turn.getAndIncrement(), count());
      for (int i = 0; i < count(); i++) {
        ServiceDefinition instance = places.get((first + i) % count()).instance();
        if (instance != null) {
          return Objects.requireNonNull(instance.sockets().get(url));
        }
      }
      return this;
    }

    @Override
    public boolean includes(SocketEndpoint ofConnection) {
      for (int i = 0; i < count(); i++) {
        ServiceDefinition instance = places.get(i).instance();
        if (instance != null && ofConnection.equals(instance.sockets().get(url))) {
          return true;
        }
      }
      return false;
    }

    @Override
    public Delivery open(Session session) {
      return Delivery.CLOSED; // a connection is with one of the instances
    }

    @Override
    public Delivery message(Session session, Payload message) {
      return Delivery.CLOSED;
    }

    @Override
    public Delivery close(Session session, int code, String reason) {
      return Delivery.CLOSED;
    }

    @Override
    public void whenWritable(Runnable callback) {
      callback.run();
    }
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
        ServiceDefinition instance = places.get(i).instance();
        if (instance != null) {
          steps.add(step.apply(instance.lifecycle()));
        }
      }
      return CompletableFuture.allOf(steps.toArray(CompletableFuture<?>[]::new));
    }
  }
}
