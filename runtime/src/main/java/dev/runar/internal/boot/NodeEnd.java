package dev.runar.internal.boot;

import dev.runar.internal.node.NodeCore;
import dev.runar.internal.script.ScriptHost;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * How a node ends: clients first, then services in the reverse order of their start, then what they
 * lived on. What does not end cleanly is logged, and the next goes on. Any thread.
 */
final class NodeEnd {
  private static final Logger LOG = System.getLogger("dev.runar.node");

  private final CompletableFuture<Void> around = new CompletableFuture<>();
  private final CompletableFuture<Void> all = new CompletableFuture<>();

  /**
   * Begins it; once.
   *
   * @param last runs when nothing of the node is left
   */
  CompletableFuture<Void> begin(
      LatePort port, NodeCore core, ScriptHost scripts, Duration drain, Runnable last) {
    return port.stop(drain)
        .handle((done, error) -> logged("the port did not close cleanly", error))
        .thenCompose(done -> core.services().stopAll())
        .handle((done, error) -> logged("services did not stop cleanly", error))
        .thenRun(core::refuse)
        .thenRun(() -> around.complete(null))
        .thenCompose(done -> scripts.rest())
        .thenCompose(done -> scripts.stop(drain))
        .handle((done, error) -> logged("scripts did not stop cleanly", error))
        .thenRun(core::close)
        .thenRun(last)
        .whenComplete((done, error) -> all.complete(null));
  }

  /** Completes when only the scripts are left; each caller's own. */
  CompletableFuture<Void> around() {
    return around.copy();
  }

  /** Completes when nothing is left, and never fails; each caller's own. */
  CompletableFuture<Void> all() {
    return all.copy();
  }

  private static boolean logged(String what, @Nullable Throwable error) {
    if (error != null) {
      LOG.log(Level.WARNING, what, error);
    }
    return error == null;
  }
}
