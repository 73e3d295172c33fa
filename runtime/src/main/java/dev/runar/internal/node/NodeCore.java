package dev.runar.internal.node;

import dev.runar.Event;
import dev.runar.EventHandler;
import dev.runar.NodeConfig;
import dev.runar.Payload;
import dev.runar.PublishOptions;
import dev.runar.PublishReceipt;
import dev.runar.RequestOptions;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.Service.State;
import dev.runar.SubscribeOptions;
import dev.runar.Subscription;
import dev.runar.channels.TopicWriter;
import dev.runar.internal.topic.TopicPattern;
import dev.runar.spi.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Flow;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Routes requests and events between services, without scripts and without sockets. Any thread;
 * nothing here blocks.
 */
public final class NodeCore implements NodeGate, AutoCloseable {
  private final NodeConfig config;
  private final Clock clock;
  private final ActionStages stages;
  private final Ledger ledger = new Ledger();
  private final InFlight inFlight;
  private final Registry registry;
  private final Delays delays;
  private final EventBus bus;
  private final JavaServices javaServices;
  private final ServiceLifecycles lifecycles;
  private final NodeServices services;
  private final RunningOn runningOn;
  private final Surroundings around;
  private final Dispatcher dispatcher;
  private final OutgoingEvents outgoing;
  private final String nodeId;
  private final Streams streams;
  private final ServiceHealth health;
  private final TopicWriters writers;
  private volatile boolean closed;

  /** A node whose actions have no stages around them. */
  public NodeCore(NodeConfig config, Clock clock, ExecutorService handlerThreads) {
    this(config, clock, handlerThreads, ActionStages.NONE);
  }

  /** A node with nothing around it. */
  public NodeCore(
      NodeConfig config, Clock clock, ExecutorService handlerThreads, ActionStages stages) {
    this(config, clock, Delays.system(), handlerThreads, stages, Outskirts.NONE);
  }

  /** A node with things around it. */
  public NodeCore(
      NodeConfig config,
      Clock clock,
      ExecutorService handlerThreads,
      ActionStages stages,
      Outskirts outskirts) {
    this(config, clock, Delays.system(), handlerThreads, stages, outskirts);
  }

  /** Starts the thread of the deadlines; {@link #close} ends it. A test can turn the delays. */
  NodeCore(
      NodeConfig config,
      Clock clock,
      Delays delays,
      ExecutorService handlerThreads,
      ActionStages stages,
      Outskirts outskirts) {
    this.config = config;
    this.stages = stages;
    this.clock = clock;
    this.around = new Surroundings(outskirts.middleware());
    Spans spans = new Spans(outskirts.telemetry());
    this.runningOn = new RunningOn(ledger, clock, config.supervision().grace());
    this.inFlight = new InFlight(config.limits().requestsInFlight(), clock);
    this.registry = new Registry(config.networkId());
    Traces traces = Traces.of(config.networkId(), () -> ThreadLocalRandom.current().nextLong());
    this.delays = delays;
    this.bus =
        new EventBus(
            config.networkId(),
            config.limits(),
            config.requestTimeout(),
            clock,
            delays,
            ledger,
            traces,
            new EventPassage(this, around, spans));
    this.writers = new TopicWriters(bus, config.networkId(), () -> closed);
    this.outgoing = new OutgoingEvents(bus, around, spans);
    this.dispatcher =
        new Dispatcher(
            this,
            registry,
            inFlight,
            runningOn,
            traces,
            around,
            spans,
            RequestMeter.of(outskirts.metrics(), clock));
    this.nodeId = traces.node();
    this.streams = new Streams(this, config.limits().openStreams(), handlerThreads);
    this.javaServices = new JavaServices(this, config, clock, handlerThreads);
    this.lifecycles =
        new ServiceLifecycles(
            registry, bus, this, new Dependencies(registry, config.dependencyTimeout()));
    this.health = new ServiceHealth(registry, clock, handlerThreads);
    this.services = new NodeServices(this, registry, javaServices, lifecycles, inFlight);
    inFlight.start();
  }

  @Override
  public HttpLookup http(String method, List<String> segments) {
    return registry.http().find(method, segments);
  }

  @Override
  public CompletableFuture<Payload> request(String path, Payload payload, RequestOptions options) {
    return request(Requester.PROGRAM, path, payload, options);
  }

  @Override
  public CompletableFuture<Payload> request(
      Requester requester, String path, Payload payload, RequestOptions options) {
    return request(requester, path, payload, options, Pipes.NONE);
  }

  @Override
  public Flow.Publisher<Payload> stream(
      Requester requester, String path, Payload payload, RequestOptions options) {
    return streams.publisher(requester, path, payload, options, null, null);
  }

  /** As the program asks, with streams. */
  public CompletableFuture<Payload> request(
      String path, Payload payload, RequestOptions options, Pipes pipes) {
    return request(Requester.PROGRAM, path, payload, options, pipes);
  }

  /**
   * Calls an action with streams beside the payload. What is told to the caller by the future is
   * the end of its output, too.
   */
  public CompletableFuture<Payload> request(
      Requester requester, String path, Payload payload, RequestOptions options, Pipes pipes) {
    return dispatcher.request(requester, path, payload, options, pipes);
  }

  @Override
  public PublishReceipt publish(String topic, Payload payload) {
    return publish(topic, payload, "");
  }

  @Override
  public PublishReceipt publish(String topic, Payload payload, String publisher) {
    refuseWhenClosed();
    return outgoing.isPlain()
        ? bus.publish(topic, payload, publisher)
        : outgoing
            .publish(topic, payload, PublishOptions.DEFAULT.withPublisher(publisher))
            .join(); // queued: is done
  }

  @Override
  public CompletableFuture<PublishReceipt> publish(
      String topic, Payload payload, PublishOptions options) {
    try {
      refuseWhenClosed();
      return outgoing.isPlain()
          ? bus.publish(topic, payload, options)
          : outgoing.publish(topic, payload, options);
    } catch (RunarException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /** See {@link dev.runar.Messaging#writer}. */
  public TopicWriter writer(String topic) {
    return writers.of(topic);
  }

  @Override
  public Subscription addSink(EventSink sink) {
    return bus.addSink(sink);
  }

  @Override
  public List<String> declaredTopics() {
    return registry.all().stream()
        .filter(entry -> entry.state == State.RUNNING)
        .flatMap(entry -> entry.definition.topics().stream())
        .map(DeclaredTopic::topic)
        .toList();
  }

  @Override
  public boolean hasRole(String servicePath, String action) {
    return registry.http().roles().has(servicePath, action);
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

  /**
   * As {@link #subscribe}, but not active before it has its place by {@link NodeServices#exchange}.
   */
  public Subscription prepare(String pattern, EventEndpoint endpoint, SubscribeOptions options) {
    return bus.prepare(TopicPattern.parse(pattern, config.networkId()), endpoint, options);
  }

  /** As {@link #subscribe}, for the node itself: past what is around the handlers of others. */
  public Subscription watch(String pattern, EventEndpoint endpoint) {
    return bus.watch(TopicPattern.parse(pattern, config.networkId()), endpoint);
  }

  /** Subscribes a Java handler. */
  public Subscription subscribe(String pattern, EventHandler handler, SubscribeOptions options) {
    return subscribe(
        pattern, javaServices.events(new ServiceScope(config.networkId(), ""), handler), options);
  }

  /** The next event that matches; subscribed when the call returns. */
  public CompletableFuture<Event> on(String pattern, Duration timeout, SubscribeOptions options) {
    return NextEvent.of(this, pattern, timeout, options);
  }

  public int clearRetained(String pattern) {
    return bus.clearRetained(TopicPattern.parse(pattern, config.networkId()));
  }

  /** The services, and what becomes of them. */
  public NodeServices services() {
    return services;
  }

  /** How the services are. */
  public ServiceHealth health() {
    return health;
  }

  /** Which node it is, {@code network/id}: in no other process or life the same. */
  public String nodeId() {
    return nodeId;
  }

  /** What became of events, by subscription and by event. */
  public Deliveries deliveries() {
    return new Deliveries(bus, clock);
  }

  public Ledger ledger() {
    return ledger;
  }

  /** Handlers that nobody waits for any more. */
  public RunningOn runningOn() {
    return runningOn;
  }

  /** How requests with streams are made. */
  public Streams streams() {
    return streams;
  }

  public NodeConfig config() {
    return config;
  }

  Surroundings around() {
    return around;
  }

  ActionStages stages() {
    return stages;
  }

  /** What the node does later; nothing of it once the node is closed. */
  public Delays delays() {
    return delays;
  }

  /** What the stages of actions have counted, by the action's path. */
  public Map<String, Map<String, Long>> actionCounts() {
    return Introspection.actionCounts(registry);
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
  public List<String> socketPaths() {
    return registry.socketPaths();
  }

  /** Paths and names of the running services, for the line that says ready. */
  public List<String> serviceNames() {
    return registry.all().stream()
        .filter(service -> !service.path().startsWith("$"))
        .map(service -> service.definition.name())
        .toList();
  }

  /** Nothing is asked or published any more; what is under way goes on until {@link #close}. */
  public void refuse() {
    closed = true;
    dispatcher.refuse();
  }

  @Override
  public void close() {
    closed = true;
    dispatcher.close();
    health.end();
    inFlight.close();
    bus.close(new RunarException(Code.SHUTDOWN, "the node has stopped"));
    delays.close();
  }

  private void refuseWhenClosed() {
    if (closed) {
      throw stopped();
    }
  }

  static RunarException stopped() {
    return new RunarException(Code.SHUTDOWN, "the node has stopped");
  }
}
