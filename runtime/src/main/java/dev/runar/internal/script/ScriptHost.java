package dev.runar.internal.script;

import dev.runar.Limits;
import dev.runar.NodeConfig;
import dev.runar.Permissions;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.Supervision;
import dev.runar.Tools;
import dev.runar.internal.loop.CallbackQueue;
import dev.runar.internal.loop.Watchdog;
import dev.runar.internal.node.Failures;
import dev.runar.internal.node.NodeCore;
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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.graalvm.polyglot.Engine;
import org.jspecify.annotations.Nullable;

/** The script contexts of one node, on one shared engine that starts with the first. Any thread. */
public final class ScriptHost {
  private static final Logger LOG = System.getLogger("dev.runar.script");
  private static final Duration SELF_TEST_TIMEOUT = Duration.ofSeconds(10);

  private static final Duration ENGINE_PATIENCE = Duration.ofSeconds(2);

  /** What a debugger may hold a turn for. */
  private static final Duration LONGEST_PAUSE = Duration.ofDays(1);

  private final Limits limits;
  private final Supervision supervision;
  private final Duration turnBudget;
  private final ContextPool pool;
  private final Permissions permissions;
  private final Clock clock;
  private final NodeControl control;
  private final Supplier<NodeCore> core;
  private final Registrar registrar;
  private final Disk disk;
  private final ConsoleSink console;
  private final ScriptCompiler compiler;
  private final EngineTools tools;
  private final Watchdog watchdog;
  private final WebPlatform webPlatform = new WebPlatform();
  private final List<SupervisedScript> scripts = new CopyOnWriteArrayList<>();
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
   * @param state of its script, such as {@code RUNNING}
   * @param deaths of its script's contexts
   * @param restarts of its script
   * @param lastDeath why; empty when there was none
   * @param refusals what its permissions have refused
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
      long uncaught,
      String state,
      long deaths,
      long restarts,
      String lastDeath,
      long refusals) {}

  /**
   * A host without scripts.
   *
   * @param config what of it is in force before a script runs: limits, supervision, permissions
   */
  public ScriptHost(
      NodeConfig config,
      Clock clock,
      NodeControl control,
      Supplier<NodeCore> core,
      Disk disk,
      ConsoleSink console,
      ScriptCompiler compiler,
      Tools tools) {
    this.limits = config.limits();
    this.permissions = config.permissions();
    this.clock = clock;
    this.control = control;
    this.core = core;
    this.registrar = new NodeRegistrar(core, control);
    this.disk = disk;
    this.console = console;
    this.compiler = compiler;
    this.tools = new EngineTools(tools);
    this.pool = new ContextPool(limits.contexts(), Runtime.getRuntime().availableProcessors());
    this.turnBudget = this.tools.mayPause() ? LONGEST_PAUSE : limits.turnBudget();
    this.supervision =
        this.tools.mayPause() ? unhurried(config.supervision()) : config.supervision();
    this.watchdog = new Watchdog(clock, Clock.nanosOf(limits.turnBudget()));
  }

  /**
   * Loads a script into a context of its own; completes when its top level has run and the services
   * that it added there are initialised.
   *
   * @param own what it may reach beside what every script may
   */
  public CompletableFuture<Void> addScript(Path entry, Permissions own) {
    Path file = entry.toAbsolutePath().normalize();
    if (!disk.exists(file) || disk.isDirectory(file)) {
      return CompletableFuture.failedFuture(
          new RunarException(Code.SCRIPT, "there is no script " + entry + missing(file)));
    }
    try {
      pool.take(1, "script " + entry);
    } catch (RunarException e) {
      return CompletableFuture.failedFuture(e);
    }
    String name = file.getFileName() + "#" + contextNumbers.incrementAndGet();
    Permissions granted = permissions.and(own);
    var instances =
        new ScriptInstances(registrar, core, pool, granted, new InstancesOf(name, file));
    return make(name, file, granted, instances).begin();
  }

  private SupervisedScript make(String name, Path file, Permissions granted, Registrar ofScript) {
    var births = new FileBirths(name, file, granted, ofScript);
    var script =
        new SupervisedScript(name, supervision, limits.queuedCallbacks(), clock, ofScript, births);
    scripts.add(script);
    return script;
  }

  /** Makes the scripts of the services of one entry file that live in contexts of their own. */
  private final class InstancesOf implements ScriptInstances.Scripts {
    private final String name;
    private final Path file;

    InstancesOf(String name, Path file) {
      this.name = name;
      this.file = file;
    }

    @Override
    public SupervisedScript make(String what, Permissions granted, Registrar ofInstance) {
      return ScriptHost.this.make(name + "/" + what, file, granted, ofInstance);
    }

    @Override
    public void forget(SupervisedScript script) {
      scripts.remove(script);
    }
  }

  /** Makes the contexts of one entry file. */
  private final class FileBirths implements SupervisedScript.Births {
    private final String name;
    private final Path file;
    private final Permissions granted;
    private final Registrar ofScript;

    FileBirths(String name, Path file, Permissions granted, Registrar ofScript) {
      this.name = name;
      this.file = file;
      this.granted = granted;
      this.ofScript = ofScript;
    }

    @Override
    public SupervisedScript.Birth begin(SupervisedScript script) {
      long begun = clock.nanos();
      ScriptContexts factory =
          new ScriptContexts(
              engine(),
              file,
              disk,
              compiler,
              console,
              control,
              core,
              ofScript,
              tools,
              granted,
              webPlatform);
      var context = new ScriptContext(name, limits, clock, control.sessions(), factory, script);
      var guard = new TurnGuard(context, turnBudget, supervision, clock);
      watchdog.watch(context.owner(), guard);
      var _ = context.owner().ended().thenRun(() -> watchdog.unwatch(context.owner()));
      var topLevel = new CompletableFuture<Void>();
      CompletableFuture<Void> loaded = ofScript.loaded(topLevel);
      var _ =
          context
              .start()
              .thenCompose(started -> factory.load(context))
              .thenRun(
                  () -> {
                    long took = (clock.nanos() - begun) / 1_000_000;
                    LOG.log(Level.DEBUG, () -> "script loaded name=" + name + " ms=" + took);
                  })
              .whenComplete(
                  (done, error) -> {
                    if (error == null) {
                      topLevel.complete(null);
                    } else {
                      topLevel.completeExceptionally(Failures.of(error));
                    }
                  });
      return new SupervisedScript.Birth(context, loaded);
    }

    @Override
    public CompletableFuture<Void> test(ScriptContext context) {
      return SelfTest.of(context);
    }

    @Override
    public void over(SupervisedScript script) {
      if (scripts.remove(script) && ofScript.instance() < 0) {
        pool.giveBack(1);
      }
    }
  }

  /**
   * Sends one event through the whole callback path of every context.
   *
   * @throws RunarException in the future: {@code INTERNAL} if it does not arrive as promised
   */
  public CompletableFuture<Void> selfTest() {
    var tests =
        scripts.stream()
            .flatMap(script -> script.context().stream())
            .map(SelfTest::of)
            .toArray(CompletableFuture<?>[]::new);
    return CompletableFuture.allOf(tests)
        .orTimeout(SELF_TEST_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
        .exceptionallyCompose(
            error ->
                CompletableFuture.failedFuture(
                    new RunarException(
                        Code.INTERNAL,
                        "the self-test of the callback path failed: "
                            + Failures.of(error).getMessage(),
                        error)));
  }

  /** Whether every script is where it should be: none has died and not come back yet. */
  public boolean isWhole() {
    return scripts.stream().allMatch(SupervisedScript::isHere);
  }

  public List<Status> status() {
    return scripts.stream().map(ScriptHost::status).toList();
  }

  private static Status status(SupervisedScript script) {
    SupervisedScript.History history = script.history();
    ScriptContext context = script.context().orElse(null);
    var queue = context == null ? new CallbackQueue.Counts(0, 0, 0, 0) : context.queue().counts();
    var counts = context == null ? new ScriptCounters().counts() : context.counters().counts();
    return new Status(
        script.name(),
        context == null ? 0 : context.queue().size(),
        context == null ? 0 : context.queue().sizeBytes(),
        queue.queued(),
        queue.full(),
        queue.closed(),
        context == null ? 0 : context.pending(),
        counts.failed(),
        counts.uncaught(),
        history.state().name(),
        history.deaths(),
        history.restarts(),
        history.lastDeath(),
        context == null ? 0 : context.permissions().refusals());
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
        scripts.stream()
            .map(script -> script.stop(reason, patience))
            .toArray(CompletableFuture<?>[]::new);
    return CompletableFuture.allOf(ends)
        .exceptionally(error -> null) // each script has said what it had to
        .thenCompose(done -> closeEngine());
  }

  /** An engine waits for every thread that is in a call of the host, and a stop does not. */
  private synchronized CompletableFuture<Void> closeEngine() {
    watchdog.close();
    webPlatform.close();
    Engine running = engine;
    if (running == null) {
      return CompletableFuture.completedFuture(null);
    }
    tools.end();
    return CompletableFuture.runAsync(
            () -> running.close(true),
            task -> Thread.ofPlatform().name("runar-engine-end").daemon(true).start(task))
        .orTimeout(ENGINE_PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
        .exceptionally(
            late -> {
              LOG.log(Level.WARNING, "the script engine did not close: " + late);
              return null;
            });
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

  /** A script that a debugger holds is not late. */
  private static Supervision unhurried(Supervision supervision) {
    return supervision
        .withLoadTimeout(LONGEST_PAUSE)
        .withTurnWarning(LONGEST_PAUSE)
        .withGrace(LONGEST_PAUSE);
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
