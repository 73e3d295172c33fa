package dev.runar.internal.boot;

import dev.runar.Delivery;
import dev.runar.HttpCall.Identifier;
import dev.runar.NodeConfig;
import dev.runar.NodeProvider;
import dev.runar.Payload;
import dev.runar.Session;
import dev.runar.internal.broker.Broker;
import dev.runar.internal.broker.BrokerMemory;
import dev.runar.internal.broker.BrokerOptions;
import dev.runar.internal.broker.Dialect;
import dev.runar.internal.broker.Drain;
import dev.runar.internal.broker.HandlerFailures;
import dev.runar.internal.broker.offline.OfflineQueues;
import dev.runar.internal.http.CorsRules;
import dev.runar.internal.http.Health;
import dev.runar.internal.http.HttpActions;
import dev.runar.internal.http.HttpApi;
import dev.runar.internal.http.HttpCounters;
import dev.runar.internal.http.ItemSource;
import dev.runar.internal.http.OwnApi;
import dev.runar.internal.http.StaticFiles;
import dev.runar.internal.http.pusher.ProgramApi;
import dev.runar.internal.metrics.PrometheusPage;
import dev.runar.internal.node.NodeGate;
import dev.runar.internal.node.Requester;
import dev.runar.internal.node.SessionDirectory;
import dev.runar.internal.protocol.centrifugal.Disconnect;
import dev.runar.internal.protocol.pusher.PusherError;
import dev.runar.internal.server.NettyServer;
import dev.runar.spi.Store;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The open port: the broker and the server in front of it. Any thread. */
final class Port implements SessionDirectory {
  private static final int MAX_LISTED_TOPICS = 10_000;

  /** How often each event loop is asked how late it is. */
  private static final Duration PROBE = Duration.ofMillis(100);

  private final Broker broker;
  private final NettyServer server;

  private final HttpCounters http;
  private final Dialects dialects;
  private final Offline offline;
  private final Optional<LatePage> page;
  private final Duration drainDelay;

  private Port(
      Broker broker,
      NettyServer server,
      HttpCounters http,
      Dialects dialects,
      Offline offline,
      Optional<LatePage> page,
      Duration drainDelay) {
    this.broker = broker;
    this.server = server;
    this.http = http;
    this.dialects = dialects;
    this.offline = offline;
    this.page = page;
    this.drainDelay = drainDelay;
  }

  /**
   * What HTTP clients are answered with.
   *
   * @param identifier who says who they are
   * @param work for what may block
   * @param publicFolder static files; null or absent: none
   * @param page makes the page of meters, to which the port adds its own; empty: none is shown
   */
  record Web(
      Health health,
      Supplier<Optional<Identifier>> identifier,
      Executor work,
      @Nullable Path publicFolder,
      Optional<Supplier<PrometheusPage>> page) {}

  /**
   * The folder of static files, as the configuration says, or {@code public} beside the script.
   *
   * @param beside the folder of the first script; null: there is none
   */
  static @Nullable Path publicFolder(NodeConfig config, @Nullable Path beside) {
    String given = config.server().publicFolder();
    if (!given.isEmpty()) {
      return beside == null ? Path.of(given) : beside.resolve(given);
    }
    return beside == null ? null : beside.resolve("public");
  }

  /**
   * Opens it.
   *
   * @throws dev.runar.RunarException {@code CONFIG} when the port, or the folder of the offline
   *     queues, cannot be had
   */
  static Port open(NodeConfig config, NodeProvider.Parts parts, NodeGate gate, Web web) {
    var made = new AtomicReference<@Nullable Broker>();
    Dialects dialects =
        Dialects.of(
            config, parts.apps(), gate, topic -> isCongested(made.get(), topic), web.work());
    Offline offline = offline(config, parts.store(), gate, dialects, web.work());
    try {
      Broker broker =
          new Broker(
              gate,
              parts.authorizer(),
              dialects.clients().with(offline.queues()),
              BrokerOptions.of(config),
              dialects.paths(),
              new BrokerMemory(System::nanoTime, offline.history()));
      made.set(broker);
      return serve(config, gate, web, broker, dialects, offline);
    } catch (RuntimeException e) {
      Broker broker = made.get();
      if (broker != null) {
        broker.close();
      }
      dialects.close();
      offline.close();
      throw e;
    }
  }

  private static Port serve(
      NodeConfig config,
      NodeGate gate,
      Web web,
      Broker broker,
      Dialects dialects,
      Offline offline) {
    Path publicFolder = web.publicFolder();
    StaticFiles files =
        publicFolder != null && Files.isDirectory(publicFolder)
            ? StaticFiles.under(publicFolder)
            : StaticFiles.none();
    var counters = new HttpCounters();
    ItemSource streams =
        (path, payload, options, http) -> gate.stream(Requester.of(http), path, payload, options);
    var actions =
        new HttpActions(
            new HttpActions.Setup(
                gate,
                web.identifier(),
                streams,
                web.work(),
                counters,
                new HandlerFailures(System::nanoTime)));
    var opened = new CompletableFuture<NettyServer>();
    Optional<LatePage> page =
        web.page()
            .map(
                make ->
                    new LatePage(
                        () -> withPort(make.get(), opened, broker, counters, dialects, offline)));
    OwnApi ofDialects = dialects.own(broker.uplinks(), config.limits().messageBytes());
    OwnApi own =
        page.<OwnApi>map(late -> new MetricsPage(late, web.work(), ofDialects)).orElse(ofDialects);
    HttpApi api =
        new HttpApi(
            web.health(),
            () -> broker.topics(Optional.empty(), MAX_LISTED_TOPICS),
            files,
            actions,
            new CorsRules(config.server().cors()),
            own);
    NettyServer server = NettyServer.start(config.server(), config.limits(), broker, api);
    opened.complete(server);
    Duration delay = config.server().drainDelay();
    return new Port(broker, server, counters, dialects, offline, page, delay);
  }

  private static Offline offline(
      NodeConfig config, Optional<Store> given, NodeGate gate, Dialects dialects, Executor work) {
    try {
      return Offline.open(config, given, gate, dialects.delays(), work);
    } catch (RuntimeException e) {
      dialects.close();
      throw e;
    }
  }

  private static PrometheusPage withPort(
      PrometheusPage page,
      CompletableFuture<NettyServer> opened,
      Broker broker,
      HttpCounters counters,
      Dialects dialects,
      Offline offline) {
    NodeMeters.addPort(page, broker.stats(), counters, dialects);
    CentrifugalMeters.addTo(page, dialects.centrifugal().stats(), broker.uplinks());
    CentrifugalMeters.addTo(page, dialects::onConnect);
    offline.addTo(page);
    LongConsumer delays = page.delays("runar.event.loop.lag", "How late event loops are");
    var _ = opened.thenAccept(server -> server.watchDelays(PROBE, delays));
    return page;
  }

  private static boolean isCongested(@Nullable Broker broker, String topic) {
    return broker != null && broker.isCongested(topic);
  }

  /** See {@link ChannelPages#read}. */
  Payload page(Payload input) {
    return ChannelPages.read(broker, input);
  }

  /** What programs ask of the apps. */
  ProgramApi programs() {
    return dialects.api().programs();
  }

  /** What waits for clients that are away. */
  OfflineQueues offline() {
    return offline.queues();
  }

  List<URI> urls() {
    return server.urls();
  }

  Map<String, ?> status() {
    var counts = broker.stats().snapshot();
    var status = new LinkedHashMap<String, Object>();
    status.put("sessions", counts.sessions());
    status.put("sessionsOpened", counts.sessionsOpened());
    status.put("subscriptions", counts.subscriptions());
    status.put("messagesIn", counts.messagesIn());
    status.put("bytesIn", counts.bytesIn());
    status.put("messagesOut", counts.messagesOut());
    status.put("bytesOut", counts.bytesOut());
    status.put("slowDisconnects", counts.slowDisconnects());
    status.put("droppedForSlow", counts.droppedForSlow());
    status.put("spilled", counts.spilled());
    status.put("idleDisconnects", counts.idleDisconnects());
    status.put("cancelledRequests", counts.cancelledRequests());
    var refusals = new LinkedHashMap<String, Long>();
    counts.refusals().forEach((reason, count) -> refusals.put(reason.name(), count));
    status.put("refusals", refusals);
    status.put("pressurePauses", counts.pressurePauses());
    status.put("gaps", counts.gaps());
    status.put(
        "history",
        Map.of(
            "bytes", counts.historyBytes(),
            "evicted", counts.historyEvicted(),
            "channelsEvicted", counts.historiesEvicted(),
            "unstored", offline.unstored()));
    status.put("http", http.snapshot());
    status.put("tls", server.tlsCounts());
    status.put("centrifugal", dialects.centrifugal().stats().snapshot());
    status.put("emulation", broker.uplinks().snapshot());
    status.put("onConnect", dialects.onConnect());
    dialects.status().ifPresent(pusher -> status.put("pusher", pusher));
    status.put("offline", offline.status());
    return status;
  }

  /** Says no to load balancers first; see docs/operations.md. */
  CompletableFuture<Void> stop(Duration patience) {
    var drain = new Drain(dialects.delays(), broker::turnAway, this::closings);
    CompletableFuture<Void> served =
        drain
            .begin(drainDelay, patience.dividedBy(2))
            .thenCompose(drained -> server.stop(patience))
            .whenComplete((done, error) -> broker.close());
    return served // what the dialects have begun ends whatever became of the server
        .handle((done, error) -> dialects)
        .thenCompose(begun -> begun.stop(patience))
        .whenCompleteAsync(
            (done, error) -> offline.close()) // no client is left; it waits for a disk
        .thenRun(() -> page.ifPresent(LatePage::close))
        .thenCompose(done -> served);
  }

  /** Of the sessions whose clients know a code upon which they connect again at once. */
  private List<Runnable> closings() {
    var again = PusherError.RECONNECT;
    var shutdown = Disconnect.SHUTDOWN;
    var all = new ArrayList<Runnable>();
    add(all, Dialect.PUSHER, again.code(), again.text());
    add(all, Dialect.CENTRIFUGAL_JSON, shutdown.code(), shutdown.reason());
    add(all, Dialect.CENTRIFUGAL_PROTOBUF, shutdown.code(), shutdown.reason());
    return all;
  }

  private void add(List<Runnable> all, Dialect dialect, int code, String reason) {
    for (Session session : broker.sessionsOf(dialect)) {
      all.add(() -> session.close(code, reason));
    }
  }

  @Override
  public Optional<Session> session(String id) {
    return broker.session(id);
  }

  @Override
  public boolean join(String sessionId, String group) {
    return broker.join(sessionId, group) == Delivery.QUEUED;
  }

  @Override
  public boolean leave(String sessionId, String group) {
    boolean known = broker.session(sessionId).isPresent();
    broker.leave(sessionId, group);
    return known;
  }

  @Override
  public int sendToGroup(String group, Payload message) {
    return broker.groups().send(group, message);
  }
}
