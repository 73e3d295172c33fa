package dev.runar.cli;

import dev.runar.Node;
import dev.runar.Payload;
import dev.runar.Reload;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A script that is being written: each change of its files is tried at once, and one line says what
 * came of it. {@link #begin} on one thread, the rest on any.
 */
final class Development {
  private final Node node;
  private final Path script;
  private final Output output;
  private final ScriptWatch watch;

  /** Reloads asked for so far: only the newest is told of. */
  private final AtomicLong asked = new AtomicLong();

  Development(Node node, Path script, Output output) {
    this.node = node;
    this.script = script;
    this.output = output;
    this.watch = new ScriptWatch(script, () -> node.filesOf(script), output::remark);
  }

  /** Returns when a version of the script runs, or the process was asked to end. */
  void begin(CompletableFuture<@Nullable Void> askedToEnd) throws InterruptedException {
    var _ = askedToEnd.thenRun(watch::close);
    while (!askedToEnd.isDone() && !runs(askedToEnd)) {
      if (watch.next() == ScriptWatch.Change.CLOSED) {
        return;
      }
    }
    watch.loaded(true);
    Thread.ofPlatform().name("runar-dev").daemon(true).start(this::follow);
  }

  /** Whether it does now. */
  private boolean runs(CompletableFuture<@Nullable Void> askedToEnd) throws InterruptedException {
    watch.loading();
    try {
      Hosting.start(node, script, askedToEnd);
      return true;
    } catch (RunarException e) {
      if (e.code() == Code.CONFIG || e.code() == Code.SHUTDOWN) {
        throw e; // no other text of the script mends it
      }
      output.error(e);
      output.remark("runar: waiting for a change of " + script.getFileName());
      watch.loaded(false);
      return false;
    }
  }

  private void follow() {
    try {
      for (; ; ) {
        switch (watch.next()) {
          case CLOSED -> {
            return;
          }
          case CONFIGURATION ->
              output.remark("runar: the configuration has changed; start again to apply it");
          case SCRIPT -> reload();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // nobody does that; the node goes on without the watch
    }
  }

  private void reload() {
    long number = asked.incrementAndGet();
    watch.loading();
    var _ =
        node.reload(script)
            .whenComplete(
                (reload, error) -> {
                  if (number == asked.get()) {
                    report(reload, error);
                    watch.loaded(error == null);
                  }
                });
  }

  private void report(@Nullable Reload reload, @Nullable Throwable error) {
    if (reload != null) {
      tell(reload);
      return;
    }
    Throwable cause = error instanceof CompletionException ? error.getCause() : error;
    if (cause instanceof RunarException failure) {
      if (failure.code() != Code.SHUTDOWN) {
        output.error(failure);
        output.remark("runar: the version before goes on");
      }
    } else if (cause instanceof Exception fault) {
      output.fault(fault);
    }
  }

  private void tell(Reload reload) {
    long millis = reload.took().toMillis();
    if (output.isJson()) {
      output.json(
          Payload.object(
                  "reloaded", String.valueOf(script.getFileName()),
                  "ms", millis,
                  "services", reload.services(),
                  "sessions", reload.sessions(),
                  "callbacks", reload.callbacks())
              .value());
      return;
    }
    output.line(
        "reloaded "
            + script.getFileName()
            + " in "
            + millis
            + " ms ("
            + counted(reload.services(), "service")
            + ", "
            + counted(reload.sessions(), "session")
            + ", "
            + counted(reload.callbacks(), "callback")
            + " handed over)");
  }

  private static String counted(int number, String what) {
    return number + " " + what + (number == 1 ? "" : "s");
  }

  void close() {
    watch.close();
  }
}
