package dev.runar.internal.script;

import dev.runar.Delivery;
import dev.runar.Event;
import dev.runar.NodeConfig;
import dev.runar.Payload;
import dev.runar.Permissions;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.Tools;
import dev.runar.internal.loop.Watchdog;
import dev.runar.internal.node.EventDelivery;
import dev.runar.internal.node.NodeCore;
import dev.runar.internal.node.ServiceScope;
import dev.runar.internal.script.console.ConsoleSink;
import dev.runar.internal.script.module.ScriptCompiler;
import dev.runar.internal.script.web.WebPlatform;
import dev.runar.spi.Clock;
import dev.runar.spi.Disk;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.graalvm.polyglot.Engine;
import org.jspecify.annotations.Nullable;

/** The script contexts of one node, on one shared engine that starts with the first. Any thread. */
public final class ScriptHost {
  private static final Logger LOG = System.getLogger("dev.runar.script");
  private static final Duration SELF_TEST_TIMEOUT = Duration.ofSeconds(10);

  /** What a script may take to load, even if its turns may take less. */
  private static final Duration SHORTEST_LOAD_BUDGET = Duration.ofSeconds(5);

  /** What a debugger may hold a turn for. */
  private static final Duration LONGEST_PAUSE = Duration.ofDays(1);

  private final NodeConfig.Limits limits;
  private final Permissions permissions;
  private final Clock clock;
  private final NodeControl control;
  private final Supplier<NodeCore> core;
  private final Disk disk;
  private final ConsoleSink console;
  private final ScriptCompiler compiler;
  private final EngineTools tools;
  private final Watchdog watchdog;
  private final WebPlatform webPlatform = new WebPlatform();
  private final List<ScriptContext> contexts = new CopyOnWriteArrayList<>();
  private final AtomicInteger contextNumbers = new AtomicInteger();
  private @Nullable Engine engine; // guarded by this

  /**
   * What one script context does.
   *
   * @param name of its entry file
   * @param waiting callbacks in its queue
   * @param waitingBytes their payload bytes
   * @param queued callbacks taken so far
   * @param full offers refused because the queue was full
   * @param closed offers refused because the context was gone
   * @param pending calls and events whose promises are pending
   * @param failed callbacks that threw
   * @param uncaught errors that nobody caught
   */
  public record Status(
      String name,
      int waiting,
      long waitingBytes,
      long queued,
      long full,
      long closed,
      int pending,
      long failed,
      long uncaught) {}

  public ScriptHost(
      NodeConfig.Limits limits,
      Permissions permissions,
      Clock clock,
      NodeControl control,
      Supplier<NodeCore> core,
      Disk disk,
      ConsoleSink console,
      ScriptCompiler compiler,
      Tools tools) {
    this.limits = limits;
    this.permissions = permissions;
    this.clock = clock;
    this.control = control;
    this.core = core;
    this.disk = disk;
    this.console = console;
    this.compiler = compiler;
    this.tools = new EngineTools(tools);
    this.watchdog = new Watchdog(clock, Clock.nanosOf(limits.turnBudget()));
  }

  /**
   * Loads a script into a context of its own; completes when its top level has run and the services
   * that it added there are initialised.
   */
  public CompletableFuture<Void> addScript(Path entry) {
    Path file = entry.toAbsolutePath().normalize();
    if (!disk.exists(file) || disk.isDirectory(file)) {
      return CompletableFuture.failedFuture(
          new RunarException(Code.SCRIPT, "there is no script " + entry + missing(file)));
    }
    long begun = clock.nanos();
    String name = file.getFileName() + "#" + contextNumbers.incrementAndGet();
    ScriptContexts factory =
        new ScriptContexts(
            engine(),
            file,
            disk,
            compiler,
            console,
            control,
            core,
            permissions,
            webPlatform,
            tools);
    ScriptContext context = new ScriptContext(name, limits, clock, control.sessions(), factory);
    contexts.add(context);
    watchdog.watch(
        context.owner(), () -> Clock.nanosOf(budget(context)), excess -> kill(context, excess));
    var _ = context.owner().ended().thenRun(() -> ended(context));
    return context
        .start()
        .thenCompose(started -> factory.load(context))
        .thenRun(
            () -> {
              context.loaded();
              long took = (clock.nanos() - begun) / 1_000_000;
              LOG.log(Level.DEBUG, () -> "script loaded name=" + name + " ms=" + took);
            })
        .exceptionallyCompose(error -> endFailed(context, error));
  }

  /** The failure is told when nothing is left of the context, so that a start does not meet it. */
  private CompletableFuture<Void> endFailed(ScriptContext context, Throwable error) {
    return context
        .stop(new RunarException(Code.CONTEXT_GONE, "the script " + context.name() + " failed"))
        .thenCompose(
            stopped -> {
              ended(context);
              return CompletableFuture.failedFuture(error);
            });
  }

  /**
   * Sends one event through the whole callback path of every context.
   *
   * @throws RunarException in the future: {@code INTERNAL} if it does not arrive as promised
   */
  public CompletableFuture<Void> selfTest() {
    var tests = contexts.stream().map(this::selfTest).toArray(CompletableFuture<?>[]::new);
    return CompletableFuture.allOf(tests)
        .orTimeout(SELF_TEST_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
        .exceptionallyCompose(
            error ->
                CompletableFuture.failedFuture(
                    new RunarException(
                        Code.INTERNAL,
                        "the self-test of the callback path failed: "
                            + dev.runar.internal.node.Failures.of(error).getMessage(),
                        error)));
  }

  private CompletableFuture<Void> selfTest(ScriptContext context) {
    var arrived = new CompletableFuture<Void>();
    Consumer<RunarException> waiting = arrived::completeExceptionally;
    context.remember(waiting);
    var _ = arrived.whenComplete((done, error) -> context.forget(waiting));
    context.postReserved(
        "self-test",
        () -> {
          var handler = context.functions().event.execute(context.functions().selfTest.execute());
          var events = new ScriptEvents(context, new ServiceScope("", "$selftest"), handler);
          Thread.ofVirtual().start(() -> offer(context, events, arrived));
        });
    return arrived;
  }

  /** From another thread, as every event comes. */
  private void offer(ScriptContext context, ScriptEvents events, CompletableFuture<Void> arrived) {
    Payload payload = Payload.json("{\"check\":\"runar\",\"n\":1}");
    Event event = new Event(0, "$selftest", payload, clock.wallMs());
    Delivery answer = events.offer(new SelfTestDelivery(event, arrived));
    if (answer == Delivery.FULL && limits.queuedCallbacks() > 0) { // others come first
      context
          .queue()
          .whenWritable(() -> Thread.ofVirtual().start(() -> offer(context, events, arrived)));
    } else if (answer != Delivery.QUEUED) {
      arrived.completeExceptionally(
          new RunarException(Code.INTERNAL, "the callback queue answered " + answer));
    }
  }

  private record SelfTestDelivery(Event event, CompletableFuture<Void> arrived)
      implements EventDelivery {
    @Override
    public Map<String, String> pathParams() {
      return Map.of();
    }

    @Override
    public void handled() {
      arrived.complete(null);
    }

    @Override
    public void failed(RunarException error) {
      arrived.completeExceptionally(error);
    }
  }

  public List<Status> status() {
    return contexts.stream()
        .map(
            context -> {
              var queue = context.queue().counts();
              var counts = context.counters().counts();
              return new Status(
                  context.name(),
                  context.queue().size(),
                  context.queue().sizeBytes(),
                  queue.queued(),
                  queue.full(),
                  queue.closed(),
                  context.pending(),
                  counts.failed(),
                  counts.uncaught());
            })
        .toList();
  }

  /** The engine's name; empty when no script has been added. */
  public synchronized String engineName() {
    return engine == null ? "" : engine.getImplementationName() + " " + engine.getVersion();
  }

  /** Scripts are compiled to machine code; false also when no script has been added. */
  public synchronized boolean isCompiling() {
    return engine != null && !engine.getImplementationName().contains("Interpreted");
  }

  /** Ends every context after the callback that it runs now, then the engine. */
  public CompletableFuture<Void> stop(Duration patience) {
    RunarException reason = new RunarException(Code.SHUTDOWN, "the node has stopped");
    var ends =
        contexts.stream()
            .map(
                context ->
                    context
                        .stop(reason)
                        .orTimeout(Clock.nanosOf(patience), TimeUnit.NANOSECONDS)
                        .exceptionallyCompose(late -> kill(context, reason)))
            .toArray(CompletableFuture<?>[]::new);
    return CompletableFuture.allOf(ends).whenComplete((done, error) -> closeEngine());
  }

  /** Completes when the script has noticed. */
  private static CompletableFuture<Void> kill(ScriptContext context, RunarException reason) {
    context.kill(reason);
    return context.owner().ended();
  }

  private synchronized void closeEngine() {
    watchdog.close();
    webPlatform.close();
    if (engine != null) {
      tools.end();
      engine.close(true);
    }
  }

  private synchronized Engine engine() {
    Engine running = engine;
    if (running == null) {
      long begun = clock.nanos();
      running =
          tools
              .configure(Engine.newBuilder("js"))
              .option("engine.WarnInterpreterOnly", "false")
              .logHandler(OutputLog.INSTANCE)
              .build();
      engine = running;
      tools.begin(running);
      long took = (clock.nanos() - begun) / 1_000_000;
      LOG.log(Level.DEBUG, () -> "engine begun ms=" + took);
      watchdog.start();
      if (running.getImplementationName().contains("Interpreted")) {
        LOG.log(
            Level.INFO,
            "scripts run in the interpreter: this JVM was started without the compiler;"
                + " see docs/embedding.md");
      }
    }
    return running;
  }

  /** Loading compiles the script and the SDK, which is not the script's fault. */
  private Duration budget(ScriptContext context) {
    if (tools.mayPause()) {
      return LONGEST_PAUSE;
    }
    Duration turn = limits.turnBudget();
    return context.isLoaded() || turn.compareTo(SHORTEST_LOAD_BUDGET) > 0
        ? turn
        : SHORTEST_LOAD_BUDGET;
  }

  private void kill(ScriptContext context, Watchdog.Excess excess) {
    String why =
        "a turn of script context "
            + context.name()
            + " ran for "
            + Duration.ofNanos(excess.wallNanos()).toMillis()
            + " ms (budget "
            + budget(context).toMillis()
            + " ms, processor "
            + Duration.ofNanos(excess.cpuNanos()).toMillis()
            + " ms); the context was closed";
    LOG.log(Level.ERROR, why);
    context.kill(new RunarException(Code.CONTEXT_GONE, why));
  }

  private void ended(ScriptContext context) {
    contexts.remove(context);
    watchdog.unwatch(context.owner());
  }

  private String missing(Path file) {
    Path folder = file.getParent();
    if (folder == null || !disk.isDirectory(folder)) {
      return "; there is no folder " + folder + " either";
    }
    List<String> scripts =
        disk.names(folder, 1_000).stream()
            .filter(name -> name.matches(".*\\.(ts|mts|js|mjs)"))
            .sorted()
            .limit(20)
            .toList();
    return scripts.isEmpty() ? "" : "; the folder has " + String.join(", ", scripts);
  }
}
