package dev.runar.internal.script;

import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.spi.Clock;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.graalvm.polyglot.Engine;
import org.jspecify.annotations.Nullable;

/** The engine that all contexts of a node share: it begins with the first of them. Any thread. */
final class SharedEngine {
  private static final Logger LOG = System.getLogger("dev.runar.script");

  /** An engine waits for every thread that is in a call of the host, and a stop does not. */
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private final EngineTools tools;
  private final Clock clock;
  private final Runnable begun;
  private @Nullable Engine engine; // guarded by this

  /**
   * An engine that has not begun.
   *
   * @param begun runs once, when it has
   */
  SharedEngine(EngineTools tools, Clock clock, Runnable begun) {
    this.tools = tools;
    this.clock = clock;
    this.begun = begun;
  }

  /**
   * Begins it if it has not begun.
   *
   * @throws RunarException {@code CONFIG} when what runs scripts is not installed
   */
  synchronized Engine get() {
    Engine running = engine;
    if (running == null) {
      long began = clock.nanos();
      running = made();
      engine = running;
      tools.begin(running);
      long took = (clock.nanos() - began) / 1_000_000;
      LOG.log(Level.DEBUG, () -> "engine begun ms=" + took);
      begun.run();
      if (!isCompiling()) {
        LOG.log(
            Level.INFO,
            "scripts run in the interpreter: this JVM was started without the compiler;"
                + " see docs/embedding.md");
      }
    }
    return running;
  }

  private Engine made() {
    Engine made;
    try {
      made =
          tools
              .configure(Engine.newBuilder("js"))
              .option("engine.WarnInterpreterOnly", "false")
              .logHandler(OutputLog.INSTANCE)
              .build();
    } catch (LinkageError e) {
      throw missing(e.toString(), e);
    }
    if (!made.getLanguages().containsKey("js")) {
      made.close();
      throw missing("there is an engine without JavaScript", null);
    }
    return made;
  }

  private static RunarException missing(String found, @Nullable Throwable cause) {
    return new RunarException(
        Code.CONFIG,
        "what runs scripts is not on the class path ("
            + found
            + "); add org.graalvm.polyglot:polyglot and, of type pom,"
            + " org.graalvm.polyglot:js-community, in the version that dev.runar:runar asks for",
        cause);
  }

  /** Its name and version; empty when it has not begun. */
  synchronized String name() {
    return engine == null ? "" : engine.getImplementationName() + " " + engine.getVersion();
  }

  /** Scripts are compiled to machine code; false also when it has not begun. */
  synchronized boolean isCompiling() {
    return engine != null && !engine.getImplementationName().contains("Interpreted");
  }

  /** Ends it and every context; completes when that is done or takes too long. Never fails. */
  synchronized CompletableFuture<Void> close() {
    Engine running = engine;
    if (running == null) {
      return CompletableFuture.completedFuture(null);
    }
    tools.end();
    return CompletableFuture.runAsync(
            () -> running.close(true),
            task -> Thread.ofPlatform().name("runar-engine-end").daemon(true).start(task))
        .orTimeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
        .exceptionally(
            late -> {
              LOG.log(Level.WARNING, "the script engine did not close: " + late);
              return null;
            });
  }
}
