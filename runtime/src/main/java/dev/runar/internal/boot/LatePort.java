package dev.runar.internal.boot;

import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The port of a node: there is none until the node is ready, and maybe none then. Any thread. */
final class LatePort {
  private @Nullable Port port; // guarded by this
  private boolean isClosed; // guarded by this

  /**
   * The port has been opened.
   *
   * @throws RunarException {@code SHUTDOWN} when that is too late; the port is closed again then
   */
  void opened(Port late) {
    synchronized (this) {
      if (!isClosed) {
        port = late;
        return;
      }
    }
    var _ = late.stop(Duration.ZERO);
    throw new RunarException(Code.SHUTDOWN, "the node was stopped while it started");
  }

  synchronized @Nullable Port orNull() {
    return port;
  }

  /**
   * The open port.
   *
   * @throws RunarException {@code NOT_RUNNING} when there is none
   */
  Port get() {
    Port open = orNull();
    if (open == null) {
      throw new RunarException(Code.NOT_RUNNING, "the node has no open port");
    }
    return open;
  }

  List<URI> urls() {
    Port open = orNull();
    return open == null ? List.of() : open.urls();
  }

  Map<String, ?> status() {
    Port open = orNull();
    return open == null ? Map.of() : open.status();
  }

  /** Closes it, if there is one; none is opened any more. */
  CompletableFuture<Void> stop(Duration patience) {
    Port open;
    synchronized (this) {
      isClosed = true;
      open = port;
    }
    return open == null ? CompletableFuture.completedFuture(null) : open.stop(patience);
  }
}
