package dev.runar.internal.node;

import dev.runar.Delivery;
import dev.runar.Event;
import dev.runar.EventHandler;
import dev.runar.NodeConfig;
import dev.runar.Payload;
import dev.runar.PublishOptions;
import dev.runar.PublishReceipt;
import dev.runar.RequestOptions;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.Service;
import dev.runar.Service.State;
import dev.runar.SubscribeOptions;
import dev.runar.Subscription;
import dev.runar.internal.topic.TopicPattern;
import dev.runar.spi.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Routes requests and events between services, without scripts and without sockets. Any thread;
 * nothing here blocks.
 */
public final class NodeCore implements NodeGate, AutoCloseable {
  private final NodeConfig config;
  private final Clock clock;
  private final Ledger ledger = new Ledger();
  private final InFlight inFlight;
  private final Registry registry;
  private final Delays delays;
  private final EventBus bus;
  private final JavaServices javaServices;
  private final ServiceLifecycles lifecycles;
  private final AtomicLong requestIds = new AtomicLong();
  private volatile boolean closed;

  public NodeCore(NodeConfig config, Clock clock, ExecutorService handlerThreads) {
    this(config, clock, Delays.system(), handlerThreads);
  }

  /** With delays that a test can turn. */
  NodeCore(NodeConfig config, Clock clock, Delays delays, ExecutorService handlerThreads) {
    this.config = config;
    this.clock = clock;
    this.inFlight = new InFlight(config.limits().requestsInFlight(), clock);
    this.registry = new Registry(config.networkId());
    this.delays = delays;
    this.bus =
        new EventBus(
            config.networkId(), config.limits(), config.requestTimeout(), clock, delays, ledger);
    this.javaServices = new JavaServices(this, config, clock, handlerThreads);
    this.lifecycles = new ServiceLifecycles(registry, bus, clock);
    inFlight.start();
  }

  @Override
  public CompletableFuture<Payload> request(String path, Payload payload, RequestOptions options) {
    if (closed) {
      return refused(new RunarException(Code.SHUTDOWN, "the node has stopped"));
    }
    Registry.Match match;
    try {
      match = registry.route(path);
    } catch (RunarException e) {
      return refused(e);
    }
    ServiceEntry service = match.route().service();
    if (service.state != State.RUNNING && !service.isGone) { // a gone one answers CONTEXT_GONE
      String away = service.away;
      if (!away.isEmpty()) {
        return refused(
            new RunarException(
                Code.NOT_RUNNING, "service \"" + service.path() + "\" is away: " + away));
      }
      return refused(
          new RunarException(
              Code.NOT_RUNNING,
              "Service is not Running - it is in "
                  + Introspection.shown(service.state)
                  + " state: "
                  + service.path()));
    }
    return dispatch(match, path, payload, options);
  }

  private CompletableFuture<Payload> dispatch(
      Registry.Match match, String path, Payload payload, RequestOptions options) {
    ServiceDefinition.Action action = match.route().action();
    long timeoutNanos =
        Clock.nanosOf(action.options().timeout(options.timeout(), config.requestTimeout()));
    PendingRequest request =
        new PendingRequest(
            requestIds.incrementAndGet(),
            path,
            payload,
            match.params(),
            options,
            clock.nanos() + timeoutNanos,
            timeoutNanos,
            inFlight,
            ledger,
            action.endpoint());
    if (!inFlight.add(request)) {
      return refused(
          new RunarException(
              Code.OVERLOADED,
              "more than " + config.limits().requestsInFlight() + " requests are unanswered"));
    }
    if (closed) { // after the slot was taken: the close may have looked there before
      request.fail(new RunarException(Code.SHUTDOWN, "the node has stopped"));
      return request;
    }
    switch (action.endpoint().offer(request)) {
      case QUEUED -> {}
      case FULL ->
          request.fail(
              new RunarException(
                  Code.OVERLOADED, "the queue of " + path + " is full; try again later"));
      case CLOSED ->
          request.fail(
              new RunarException(Code.CONTEXT_GONE, "the context of " + path + " is gone"));
    }
    return request;
  }

  @Override
  public PublishReceipt publish(String topic, Payload payload) {
    return publish(topic, payload, "");
  }

  @Override
  public PublishReceipt publish(String topic, Payload payload, String publisher) {
    refuseWhenClosed();
    return bus.publish(topic, payload, publisher);
  }

  @Override
  public CompletableFuture<PublishReceipt> publish(
      String topic, Payload payload, PublishOptions options) {
    try {
      refuseWhenClosed();
      return bus.publish(topic, payload, options);
    } catch (RunarException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  @Override
  public Subscription addSink(EventSink sink) {
    return bus.addSink(sink);
  }

  @Override
  public Optional<SocketEndpoint> socket(String urlPath) {
    return registry
        .socket(urlPath)
        .filter(socket -> socket.service().state == State.RUNNING)
        .map(Registry.Route.Socket::endpoint);
  }

  @Override
  public void watchSockets(SocketWatcher watcher) {
    lifecycles.watchSockets(watcher);
  }

  @Override
  public void unwatchSockets(SocketWatcher watcher) {
    lifecycles.unwatchSockets(watcher);
  }

  /** Subscribes an endpoint; active when the call returns. */
  public Subscription subscribe(String pattern, EventEndpoint endpoint, SubscribeOptions options) {
    return bus.subscribe(TopicPattern.parse(pattern, config.networkId()), endpoint, options);
  }

  /** As {@link #subscribe}, but not active before it has its place by {@link #exchange}. */
  public Subscription prepare(String pattern, EventEndpoint endpoint, SubscribeOptions options) {
    return bus.prepare(TopicPattern.parse(pattern, config.networkId()), endpoint, options);
  }

  /**
   * Puts what one script context has in the node into the place of what another one has, in one
   * step for whoever publishes: each event goes to the one or to the other. Services are not
   * initialised, started or stopped by it.
   *
   * @throws RunarException {@code DUPLICATE}, {@code INVALID_PATH}; nothing has changed then
   */
  public void exchange(Holdings out, Holdings in) {
    for (ServiceDefinition service : in.services()) {
      if (service.scope().servicePath().startsWith("$")) {
        throw reserved(service.scope().servicePath());
      }
    }
    lifecycles.exchange(out, in);
  }

  /** Whether services are started when they are added. */
  public boolean isStarted() {
    return lifecycles.isRunning();
  }

  /** Subscribes a Java handler. */
  public Subscription subscribe(String pattern, EventHandler handler, SubscribeOptions options) {
    return subscribe(
        pattern, javaServices.events(new ServiceScope(config.networkId(), ""), handler), options);
  }

  /** The next event that matches; subscribed when the call returns. */
  public CompletableFuture<Event> on(String pattern, Duration timeout, SubscribeOptions options) {
    var first = new CompletableFuture<Event>();
    Subscription subscription;
    try {
      subscription =
          subscribe(
              pattern,
              delivery -> {
                first.complete(delivery.event());
                delivery.handled();
                return Delivery.QUEUED;
              },
              options);
    } catch (RunarException e) {
      return CompletableFuture.failedFuture(e);
    }
    var result = new CompletableFuture<Event>();
    var _ =
        first
            .orTimeout(Clock.nanosOf(timeout), TimeUnit.NANOSECONDS)
            .whenComplete(
                (event, error) -> {
                  subscription.close();
                  if (error == null) {
                    result.complete(event);
                  } else {
                    result.completeExceptionally(
                        new RunarException(
                            Code.TIMEOUT,
                            "no event " + pattern + " within " + timeout.toMillis() + " ms"));
                  }
                });
    var _ = result.whenComplete((event, error) -> first.cancel(false));
    return result;
  }

  public int clearRetained(String pattern) {
    return bus.clearRetained(TopicPattern.parse(pattern, config.networkId()));
  }

  public CompletableFuture<Void> addService(Service service) {
    try {
      return addService(javaServices.define(service));
    } catch (RunarException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  public CompletableFuture<Void> addService(ServiceDefinition definition) {
    if (definition.scope().servicePath().startsWith("$")) {
      return CompletableFuture.failedFuture(reserved(definition.scope().servicePath()));
    }
    return lifecycles.add(definition);
  }

  /** What the service ran on has ended: it is in {@code ERROR} until it is removed. */
  public void serviceGone(ServiceDefinition definition) {
    lifecycles.gone(definition);
  }

  /**
   * What the service ran on has ended, and another will take its place: until then requests fail
   * with {@code NOT_RUNNING}. Repeatable, with another reason.
   *
   * @param why what its callers are told
   */
  public void serviceAway(ServiceDefinition definition, String why) {
    lifecycles.away(definition, why);
  }

  /**
   * Puts a service into the place of one that is gone or away. Fails as {@link
   * #addService(ServiceDefinition)} does; the one that is away stays then.
   */
  public CompletableFuture<Void> replaceService(
      ServiceDefinition away, ServiceDefinition definition) {
    return lifecycles.replace(away, definition);
  }

  /** What a raw WebSocket connection was with has ended, though its service lives on. */
  public void socketsGone(Collection<SocketEndpoint> endpoints) {
    endpoints.forEach(lifecycles::tellGone);
  }

  /** Removes a service that is gone, so that its path is free. */
  public void forgetService(ServiceDefinition definition) {
    lifecycles.forget(definition);
  }

  /** Whether it is this one that has its path, in whatever state. */
  public boolean hasService(ServiceDefinition definition) {
    return registry.find(definition).isPresent();
  }

  /** Adds a service of the node itself, whose path begins with {@code $}. */
  public CompletableFuture<Void> addOwnService(Service service) {
    return lifecycles.add(javaServices.define(service));
  }

  public CompletableFuture<Void> removeService(String path) {
    return lifecycles.remove(path);
  }

  /** Starts every service that is initialised; those added later start at once. */
  public CompletableFuture<Void> startServices() {
    return addOwnService(Introspection.registryService(this, registry))
        .thenCompose(added -> lifecycles.startAll());
  }

  /** Stops services in the reverse order of their start, each within {@code drainTimeout}. */
  public CompletableFuture<Void> stopServices() {
    return lifecycles.stopAll(config.drainTimeout());
  }

  CompletableFuture<Void> pause(String path) {
    return lifecycles.pause(path);
  }

  CompletableFuture<Void> resume(String path) {
    return lifecycles.resume(path);
  }

  /** What became of events, by subscription and by event. */
  public Deliveries deliveries() {
    return new Deliveries(bus, clock);
  }

  public Ledger ledger() {
    return ledger;
  }

  public NodeConfig config() {
    return config;
  }

  public Clock clock() {
    return clock;
  }

  public int requestsInFlight() {
    return inFlight.size();
  }

  public int subscriptions() {
    return bus.subscriptions();
  }

  /** The URL paths of raw WebSocket endpoints. */
  public java.util.List<String> socketPaths() {
    return registry.socketPaths();
  }

  /** Paths and names of the running services, for the line that says ready. */
  public java.util.List<String> serviceNames() {
    return registry.all().stream()
        .filter(service -> !service.path().startsWith("$"))
        .map(service -> service.definition.name())
        .toList();
  }

  @Override
  public void close() {
    closed = true;
    inFlight.close();
    bus.close(new RunarException(Code.SHUTDOWN, "the node has stopped"));
    delays.close();
  }

  private void refuseWhenClosed() {
    if (closed) {
      throw new RunarException(Code.SHUTDOWN, "the node has stopped");
    }
  }

  private static CompletableFuture<Payload> refused(RunarException reason) {
    return CompletableFuture.failedFuture(reason);
  }

  private static RunarException reserved(String path) {
    return new RunarException(
        Code.INVALID_PATH,
        "service path \"" + path + "\" is reserved: paths that begin with $ are the node's own");
  }
}
