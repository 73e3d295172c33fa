package dev.runar.internal.script;

import com.oracle.truffle.tools.profiler.CPUSampler;
import dev.runar.TestPlan;
import dev.runar.Tools;
import dev.runar.internal.script.module.ScriptModules;
import dev.runar.internal.script.module.SourceMaps;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.graalvm.polyglot.Engine;
import org.jspecify.annotations.Nullable;

/** The debugger and the profiler of one node's engine, if it was asked for them. Any thread. */
final class EngineTools {
  private static final Logger LOG = System.getLogger("dev.runar.script");

  /** How often a script's stack is looked at. */
  private static final Duration SAMPLE_PERIOD = Duration.ofMillis(1);

  /** Each sample is kept with its time, so a profile has an end: some 50 MB of heap. */
  private static final Duration LONGEST_PROFILE = Duration.ofMinutes(30);

  private final Tools tools;

  /** By entry file: a script that is loaded anew takes the place of the one that was ended. */
  private final Map<Path, SourceMaps> maps = new ConcurrentHashMap<>();

  private @Nullable CPUSampler sampler; // guarded by this

  EngineTools(Tools tools) {
    this.tools = tools;
  }

  /** A debugger may hold a turn for as long as its user thinks. */
  boolean mayPause() {
    return tools.inspectPort().isPresent();
  }

  /** What makes the scripts test files. */
  Optional<TestPlan> tests() {
    return tools.tests();
  }

  /** The engine's own options for the debugger, which says on standard error where it listens. */
  Engine.Builder configure(Engine.Builder builder) {
    if (tools.inspectPort().isEmpty()) {
      return builder;
    }
    // Suspend would stop in the SDK, or in what the host evaluates before it.
    return builder
        .option("inspect", Integer.toString(tools.inspectPort().getAsInt()))
        .option("inspect.Suspend", "false")
        .option("inspect.WaitAttached", Boolean.toString(tools.inspectBreak()));
  }

  /** What the tools need of the modules of a new context. */
  void prepare(Path entry, ScriptModules modules) {
    if (mayPause()) {
      modules.carrySources();
    }
    if (tools.inspectBreak()) {
      modules.breakAtStart();
    }
    if (tools.cpuProfile().isPresent()) {
      maps.put(entry, modules.maps());
    }
  }

  /** The engine is there; no script has run. */
  synchronized void begin(Engine engine) {
    if (tools.cpuProfile().isEmpty()) {
      return;
    }
    CPUSampler started = CPUSampler.find(engine);
    started.setPeriod(SAMPLE_PERIOD.toMillis());
    started.setGatherSelfHitTimes(true);
    started.setCollecting(true);
    sampler = started;
    CompletableFuture.delayedExecutor(LONGEST_PROFILE.toSeconds(), TimeUnit.SECONDS)
        .execute(this::endEarly);
  }

  private synchronized void endEarly() {
    if (sampler != null && sampler.isCollecting()) {
      sampler.setCollecting(false);
      LOG.log(
          Level.WARNING,
          "the CPU profile is full after {0} minutes; it is written when the node stops",
          LONGEST_PROFILE.toMinutes());
    }
  }

  /** Writes the profile. The scripts have ended, the engine has not. */
  synchronized void end() {
    CPUSampler running = sampler;
    sampler = null;
    if (running == null) {
      return;
    }
    Path file = tools.cpuProfile().orElseThrow();
    try (running) {
      running.setCollecting(false);
      Files.writeString(
          file, new CpuProfile(List.copyOf(maps.values())).of(running.getDataList()).text());
      LOG.log(Level.INFO, "CPU profile written file=" + file);
    } catch (IOException e) {
      LOG.log(Level.ERROR, "the CPU profile cannot be written to " + file, e);
    }
  }
}
