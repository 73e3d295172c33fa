package dev.runar.internal.boot;

import dev.runar.Event;
import dev.runar.EventHandler;
import dev.runar.Node;
import dev.runar.NodeConfig;
import dev.runar.NodeProvider;
import dev.runar.Payload;
import dev.runar.Permissions;
import dev.runar.PortChoice;
import dev.runar.PublishOptions;
import dev.runar.PublishReceipt;
import dev.runar.Reload;
import dev.runar.RequestOptions;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.Service;
import dev.runar.Shell;
import dev.runar.SubscribeOptions;
import dev.runar.Subscription;
import dev.runar.Tools;
import dev.runar.bean.ClientProxy;
import dev.runar.internal.codec.ConfigReader;
import dev.runar.internal.http.Health;
import dev.runar.internal.node.Failures;
import dev.runar.internal.node.NodeCore;
import dev.runar.internal.node.Outskirts;
import dev.runar.internal.node.SessionDirectory;
import dev.runar.internal.node.stage.DefaultActionStages;
import dev.runar.internal.script.ScriptHost;
import dev.runar.internal.script.console.ConsoleSink;
import dev.runar.internal.script.module.ScriptCompiler;
import dev.runar.internal.sdk.NodeControl;
import dev.runar.spi.Clock;
import dev.runar.spi.Disk;
import dev.runar.spi.Metrics;
import dev.runar.spi.Metrics.Readings;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The node: the core, the script host and the port, put together, started in order and stopped in
 * reverse. Any thread.
 *
 * <p>The core is made at the first use, so that a script's {@code new Node({…})} can still fill in
 * what the host program left at its default.
 */
final class DefaultNode implements Node, NodeControl {
  private static final Logger LOG = System.getLogger("dev.runar.node");

  private final Clock clock = Clock.system();
  private final ExecutorService handlerThreads =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("runar-handler-", 0).factory());
  private final NodeProvider.Parts parts;
  private final Outskirts outskirts;
  private final ScriptHost scripts;
  private final Contexts contexts;
  private final Tools tools;
  private final Metrics metrics;
  private volatile @Nullable Readings readings;
  private final Health health = new NodeHealth(this::isReady);

  private NodeConfig config; // guarded by this
  private @Nullable NodeCore core; // guarded by this
  private @Nullable CompletableFuture<Void> started; // guarded by this
  private @Nullable CompletableFuture<Void> stopped; // guarded by this
  private final NodeEnd end = new NodeEnd();
  private final LatePort port = new LatePort();
  private volatile @Nullable Path scriptFolder;
  private volatile State state = State.CREATED;
  private volatile OptionalInt exitCode = OptionalInt.empty();

  DefaultNode(NodeConfig config, NodeProvider.Parts parts, LinkedProgram program) {
    this.scriptFolder = program.folder();
    this.config = config;
    this.parts = parts;
    this.tools = parts.tools();
    this.outskirts = new Outskirts(parts.middleware(), parts.telemetry(), parts.metrics());
    this.metrics = parts.metrics();
    this.scripts =
        new ScriptHost(
            config,
            clock,
            this,
            this::core,
            Disk.system(),
            tools
                .tests()
                .<ConsoleSink>map(TestConsole::new)
                .orElse((level, text) -> parts.console().write(text, level.isError())),
            ScriptCompiler.cachingIn(CacheFolder.ofUser(), ScriptCompiler.DEFAULT_FOLDER_BYTES),
            tools);
    this.contexts = new Contexts(scripts, program);
  }

  private boolean isReady() {
    return state == State.RUNNING && scripts.isWhole() && core().health().isReady();
  }

  @Override
  public State state() {
    return state;
  }

  @Override
  public synchronized NodeConfig config() {
    return config;
  }

  @Override
  public synchronized String configure(String json) {
    NodeConfig named = ConfigReader.readJson(json, "new Node({…})");
    NodeConfig wanted = tools.tests().isPresent() ? atAnyPort(named) : named;
    NodeConfig filled = ConfigReader.fill(config, wanted);
    if (core != null && !filled.networkId().equals(config.networkId())) {
      throw new RunarException(
          Code.CONFIG,
          "new Node({…}): the node is in network \""
              + config.networkId()
              + "\" already; networkId must be set before the first service");
    }
    if (started == null) {
      config = filled;
    }
    return config.networkId();
  }

  /** Test files run side by side, so that a port which an app names may be taken. */
  private static NodeConfig atAnyPort(NodeConfig named) {
    return named.server().port() instanceof PortChoice.Fixed
        ? named.withServer(named.server().withPort(0))
        : named;
  }

  @Override
  public synchronized CompletableFuture<Void> start() {
    if (stopped != null) {
      return CompletableFuture.failedFuture(
          new RunarException(Code.SHUTDOWN, "the node was stopped and cannot start again"));
    }
    if (started == null) {
      state = State.STARTING;
      LogLevel.check(config.logging(), LOG);
      started = begin(core());
    }
    return started.copy();
  }

  /**
   * Services first, so that none of them misses a client; the port last, when every script has
   * shown that events reach it. A service that fails to start is reported and leaves the others
   * running.
   */
  private CompletableFuture<Void> begin(NodeCore running) {
    Service runtime = RuntimeService.of(this, running, contexts, port::status);
    return running
        .services()
        .addOwn(runtime)
        .thenCompose(
            added -> running.services().addOwn(HealthService.of(running.health(), health::isReady)))
        .thenCompose(added -> running.services().addOwn(BrokerService.of(port::get)))
        .thenCompose(added -> running.services().addOwn(OfflineService.of(port::get)))
        .thenCompose(added -> running.services().startAll().handle((done, error) -> error))
        .thenCompose(
            failure ->
                contexts
                    .selfTest()
                    .thenRunAsync(() -> listen(running), handlerThreads)
                    .thenRun(() -> becomeReady(failure)))
        .whenComplete(
            (done, error) -> {
              if (error != null && state == State.STARTING) {
                state = State.CREATED; // never ready; whoever asked for the start decides what next
              }
            });
  }

  private void becomeReady(@Nullable Throwable failedService) {
    synchronized (this) {
      if (stopped != null) {
        throw hasStopped();
      }
      state = State.RUNNING;
    }
    if (failedService != null) {
      throw Failures.of(failedService);
    }
  }

  private void listen(NodeCore running) {
    NodeConfig effective = config();
    if (effective.server().port().number().isPresent()) {
      long begun = clock.nanos();
      var web =
          new Port.Web(
              health,
              new Identifiers(running, parts.identifier()),
              handlerThreads,
              Port.publicFolder(effective, scriptFolder),
              NodeMeters.page(effective, Objects.requireNonNull(readings), contexts));
      port.opened(Port.open(effective, parts, running, web));
      LOG.log(Level.DEBUG, () -> "port opened ms=" + (clock.nanos() - begun) / 1_000_000);
    }
  }

  @Override
  public List<URI> urls() {
    return port.urls();
  }

  @Override
  public SessionDirectory sessions() {
    return new LateSessions(port::orNull);
  }

  @Override
  public CompletableFuture<Void> addService(Service service) {
    return refuseWhenStopped(() -> core().services().add(service));
  }

  @Override
  public CompletableFuture<Void> removeService(String path) {
    return core().services().remove(path);
  }

  @Override
  public CompletableFuture<Void> addScript(Path entry) {
    return addScript(entry, Permissions.NONE);
  }

  @Override
  public CompletableFuture<Void> addScript(Path entry, Permissions permissions) {
    return refuseWhenStopped(
        () -> {
          if (scriptFolder == null) {
            scriptFolder = entry.toAbsolutePath().normalize().getParent();
          }
          return scripts.addScript(entry, permissions);
        });
  }

  @Override
  public CompletableFuture<Shell> openShell(Consumer<String> output) {
    Path beside = Objects.requireNonNullElse(scriptFolder, Path.of(""));
    return refuseWhenStopped(() -> scripts.openShell(beside, (level, text) -> output.accept(text)));
  }

  @Override
  public CompletableFuture<Reload> reload(Path entry) {
    return refuseWhenStopped(() -> scripts.reload(entry));
  }

  @Override
  public Set<Path> filesOf(Path entry) {
    return scripts.filesOf(entry);
  }

  @Override
  public CompletableFuture<Payload> request(String path, Payload payload, RequestOptions options) {
    return core().request(path, payload, options);
  }

  @Override
  public <T> T client(Class<T> api) {
    return client(api, ClientProxy.path(api));
  }

  @Override
  public <T> T client(Class<T> api, String path) {
    return ClientProxy.of(this, api, path);
  }

  @Override
  public CompletableFuture<Payload> request(
      String path, Payload payload, RequestOptions options, Flow.Publisher<Payload> input) {
    return core().streams().request(path, payload, options, input);
  }

  @Override
  public Flow.Publisher<Payload> stream(String path, Payload payload, RequestOptions options) {
    return core().stream(path, payload, options);
  }

  @Override
  public Flow.Publisher<Payload> stream(
      String path, Payload payload, RequestOptions options, Flow.Publisher<Payload> input) {
    return core().streams().publisher(path, payload, options, input);
  }

  @Override
  public CompletableFuture<PublishReceipt> publish(
      String topic, Payload payload, PublishOptions options) {
    return core().publish(topic, payload, options);
  }

  @Override
  public dev.runar.channels.TopicWriter writer(String topic) {
    return core().writer(topic);
  }

  @Override
  public Subscription subscribe(String pattern, EventHandler handler, SubscribeOptions options) {
    return core().subscribe(pattern, handler, options);
  }

  @Override
  public CompletableFuture<Event> on(String pattern, Duration timeout, SubscribeOptions options) {
    return core().on(pattern, timeout, options);
  }

  @Override
  public int clearRetained(String pattern) {
    return core().clearRetained(pattern);
  }

  @Override
  public synchronized CompletableFuture<Void> stop() {
    if (stopped == null) {
      state = State.STOPPING;
      stopped = end.begin(port, core(), scripts, config.drainTimeout(), this::ended);
    }
    return stopped.copy();
  }

  @Override
  public CompletableFuture<Void> stopAround() {
    var _ = stop();
    return end.around();
  }

  @Override
  public OptionalInt exitCode() {
    return exitCode;
  }

  @Override
  public void exitCode(int code) {
    exitCode = OptionalInt.of(code & 0xff);
  }

  @Override
  public CompletableFuture<Void> stopped() {
    return end.all();
  }

  private void ended() {
    metrics.stopped(Objects.requireNonNull(readings));
    handlerThreads.shutdown();
    state = State.STOPPED;
  }

  synchronized NodeCore core() {
    NodeCore made = core;
    if (made == null) {
      var stages = new DefaultActionStages(clock, handlerThreads);
      made = new NodeCore(config, clock, handlerThreads, stages, outskirts);
      core = made;
      readings = NodeReadings.of(made, contexts);
      metrics.started(readings);
    }
    return made;
  }

  private <T> CompletableFuture<T> refuseWhenStopped(Supplier<CompletableFuture<T>> step) {
    if (state == State.STOPPING || state == State.STOPPED) {
      return CompletableFuture.failedFuture(hasStopped());
    }
    return step.get();
  }

  private static RunarException hasStopped() {
    return new RunarException(Code.SHUTDOWN, "the node has stopped");
  }
}
