package dev.runar.internal.script;

import dev.runar.Limits;
import dev.runar.NodeConfig;
import dev.runar.Permissions;
import dev.runar.Reload;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.Shell;
import dev.runar.Supervision;
import dev.runar.Tools;
import dev.runar.internal.loop.Watchdog;
import dev.runar.internal.node.Failures;
import dev.runar.internal.node.NodeCore;
import dev.runar.internal.script.console.ConsoleSink;
import dev.runar.internal.script.module.ScriptCompiler;
import dev.runar.internal.script.web.WebPlatform;
import dev.runar.internal.sdk.NodeControl;
import dev.runar.spi.Clock;
import dev.runar.spi.Disk;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** The script contexts of one node, on one shared engine that starts with the first. Any thread. */
public final class ScriptHost {
  private static final Logger LOG = System.getLogger("dev.runar.script");
  private static final Duration SELF_TEST_TIMEOUT = Duration.ofSeconds(10);

  /** What a debugger may hold a turn for. */
  private static final Duration LONGEST_PAUSE = Duration.ofDays(1);

  /** A shell is for one who waits for an answer, and can interrupt. */
  private static final Duration SHELL_BUDGET = Duration.ofMinutes(1);

  private static final Estate NO_ESTATE = new NoEstate();

  private final Limits limits;
  private final Supervision supervision;
  private final Duration turnBudget;
  private final ContextPool pool;
  private final Duration drainTimeout;
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
  private final SharedEngine engine;
  private final WebPlatform webPlatform = new WebPlatform();
  private final List<SupervisedScript> scripts = new CopyOnWriteArrayList<>();
  private final ScriptShells shells;
  private final Map<Path, Reloads> reloads = new ConcurrentHashMap<>();

  /** By entry file, those that failed too. */
  private final Map<Path, FileBirths> latest = new ConcurrentHashMap<>();

  private final AtomicInteger contextNumbers = new AtomicInteger();

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
    this.drainTimeout = config.drainTimeout();
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
    this.shells = new ScriptShells(pool);
    this.turnBudget = this.tools.mayPause() ? LONGEST_PAUSE : limits.turnBudget();
    this.supervision =
        this.tools.mayPause() ? unhurried(config.supervision()) : config.supervision();
    this.watchdog = new Watchdog(clock, Clock.nanosOf(limits.turnBudget()));
    this.engine = new SharedEngine(this.tools, clock, watchdog::start);
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
      var _ = engine.get(); // before anything that needs its libraries, or takes a place
      pool.take(1, "script " + entry);
    } catch (RunarException e) {
      return CompletableFuture.failedFuture(e);
    }
    String name = file.getFileName() + "#" + contextNumbers.incrementAndGet();
    Permissions granted = permissions.and(own);
    var instances =
        new ScriptInstances(registrar, core, pool, granted, new InstancesOf(name, file));
    var births = new FileBirths(name, file, granted, true);
    SupervisedScript script = make(name, births, instances);
    var terms =
        new Swap.Terms(births, instances, supervision, clock, limits.queuedBytes(), drainTimeout);
    reloads.put(file, new Reloads(script, terms));
    latest.put(file, births);
    return script.begin();
  }

  private SupervisedScript make(String name, FileBirths births, Registrar registrarOfScript) {
    var script =
        new SupervisedScript(
            name, supervision, limits.queuedCallbacks(), clock, registrarOfScript, births);
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
      String full = name + "/" + what;
      return ScriptHost.this.make(full, new FileBirths(full, file, granted, false), ofInstance);
    }

    @Override
    public void forget(SupervisedScript script) {
      scripts.remove(script);
    }
  }

  /**
   * Opens a shell in a context of its own.
   *
   * @param folder what its imports and its permissions are relative to
   * @param output takes what it writes to its console
   */
  public CompletableFuture<Shell> openShell(Path folder, ConsoleSink output) {
    return shells.open(() -> makeShell(folder, output));
  }

  private ScriptShells.Made makeShell(Path folder, ConsoleSink output) {
    var _ = engine.get(); // before anything that needs its libraries
    String name = "shell#" + contextNumbers.incrementAndGet();
    ScriptContexts factory =
        new ScriptContexts(
            engine.get(),
            folder.toAbsolutePath().normalize().resolve("repl"),
            disk,
            compiler,
            output,
            control,
            core,
            registrar,
            tools,
            permissions,
            webPlatform);
    var context = new ScriptContext(name, limits, clock, control.sessions(), factory, NO_ESTATE);
    Duration budget = turnBudget.compareTo(SHELL_BUDGET) > 0 ? turnBudget : SHELL_BUDGET;
    watchdog.watch(context.owner(), new TurnGuard(context, budget, supervision, clock));
    var _ = context.owner().ended().thenRun(() -> watchdog.unwatch(context.owner()));
    return new ScriptShells.Made(context, factory);
  }

  /**
   * Loads a script anew; when it has loaded, it takes over from the one that runs.
   *
   * @throws RunarException in the future: {@code NOT_FOUND} if there is no script of this entry
   *     file, else why the one that ran goes on
   */
  public CompletableFuture<Reload> reload(Path entry) {
    Reloads known = reloads.get(entry.toAbsolutePath().normalize());
    return known != null
        ? known.reload()
        : CompletableFuture.failedFuture(
            new RunarException(Code.NOT_FOUND, "no script " + entry + " runs in this node"));
  }

  /** The files that the last load of a script has read, even if it failed. */
  public Set<Path> filesOf(Path entry) {
    FileBirths births = latest.get(entry.toAbsolutePath().normalize());
    return births == null ? Set.of() : births.files();
  }

  /** Makes the contexts of one entry file. */
  private final class FileBirths implements Birth.Source {
    private final String name;
    private final Path file;
    private final Permissions granted;
    private final boolean ownsPlace;
    private volatile Supplier<Set<Path>> newest = Set::of;

    /**
     * Nothing happens yet.
     *
     * @param ownsPlace it has taken a place of the pool for itself
     */
    FileBirths(String name, Path file, Permissions granted, boolean ownsPlace) {
      this.name = name;
      this.file = file;
      this.granted = granted;
      this.ownsPlace = ownsPlace;
    }

    Set<Path> files() {
      return newest.get();
    }

    @Override
    public Birth begin(SupervisedScript script, Seat seat) {
      long begun = clock.nanos();
      ScriptContexts factory =
          new ScriptContexts(
              engine.get(),
              file,
              disk,
              compiler,
              console,
              control,
              core,
              seat,
              tools,
              granted,
              webPlatform);
      newest = factory.files();
      var context = new ScriptContext(name, limits, clock, control.sessions(), factory, script);
      var guard = new TurnGuard(context, turnBudget, supervision, clock);
      watchdog.watch(context.owner(), guard);
      var _ = context.owner().ended().thenRun(() -> watchdog.unwatch(context.owner()));
      var topLevel = new CompletableFuture<Void>();
      CompletableFuture<Void> loaded = seat.loaded(topLevel);
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
      return new Birth(context, loaded, seat);
    }

    @Override
    public CompletableFuture<Void> test(ScriptContext context) {
      return SelfTest.of(context);
    }

    @Override
    public void over(SupervisedScript script) {
      reloads.values().removeIf(known -> known.isOf(script));
      if (scripts.remove(script) && ownsPlace) {
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

  public List<ScriptStatus> status() {
    return scripts.stream().map(ScriptStatus::of).toList();
  }

  /** The engine's name; empty when no script has been added. */
  public String engineName() {
    return engine.name();
  }

  /** Scripts are compiled to machine code; false also when no script has been added. */
  public boolean isCompiling() {
    return engine.isCompiling();
  }

  /**
   * All else has stopped: scripts that have asked for that hear of it, and end what they have
   * begun. Completes when they have; never fails.
   */
  public CompletableFuture<Void> rest() {
    Duration patience = tools.tests().isPresent() ? LONGEST_PAUSE : drainTimeout; // have their own
    return CompletableFuture.allOf(
        scripts.stream().map(script -> script.rest(patience)).toArray(CompletableFuture<?>[]::new));
  }

  /** Ends every context after the callback that it runs now, then the engine. */
  public CompletableFuture<Void> stop(Duration patience) {
    RunarException reason = new RunarException(Code.SHUTDOWN, "the node has stopped");
    shells.kill(reason);
    var ends =
        scripts.stream()
            .map(script -> script.stop(reason, patience))
            .toArray(CompletableFuture<?>[]::new);
    return CompletableFuture.allOf(ends)
        .exceptionally(error -> null) // each script has said what it had to
        .thenCompose(
            done -> {
              watchdog.close();
              webPlatform.close();
              return engine.close();
            });
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
