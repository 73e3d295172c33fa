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
 * lived on. What does not end cleanly is logged, and the next goes on.
 *
 * @param port null: none was opened
 */
record NodeEnd(@Nullable Port port, NodeCore core, ScriptHost scripts) {
  private static final Logger LOG = System.getLogger("dev.runar.node");

  CompletableFuture<Void> within(Duration drainTimeout) {
    Port open = port;
    CompletableFuture<Void> closed =
        open == null ? CompletableFuture.completedFuture(null) : open.stop(drainTimeout);
    return closed
        .handle((done, error) -> logged("the port did not close cleanly", error))
        .thenCompose(done -> core.services().stopAll())
        .handle((done, error) -> logged("services did not stop cleanly", error))
        .thenCompose(done -> scripts.stop(drainTimeout))
        .handle((done, error) -> logged("scripts did not stop cleanly", error))
        .thenRun(core::close);
  }

  private static boolean logged(String what, @Nullable Throwable error) {
    if (error != null) {
      LOG.log(Level.WARNING, what, error);
    }
    return error == null;
  }
}
