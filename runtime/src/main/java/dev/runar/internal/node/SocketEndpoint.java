package dev.runar.internal.node;

import dev.runar.Delivery;
import dev.runar.Payload;
import dev.runar.Session;
import dev.runar.SocketHandler;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * The receiving end of one raw WebSocket path. For each session the caller offers open, then the
 * messages in order, then close, and offers the next only after the one before was queued.
 */
public interface SocketEndpoint {
  /** The endpoint that a new connection stays with for its life. */
  default SocketEndpoint ofNewConnection() {
    return this;
  }

  /** Whether this is still where such a connection goes. */
  default boolean includes(SocketEndpoint ofConnection) {
    return equals(ofConnection);
  }

  /** Whether {@link #accept} is to be asked: else everybody may connect. */
  default boolean asks() {
    return false;
  }

  /**
   * Asks whether a client may connect. Never blocks. Who gives up cancels what this returns.
   *
   * @return who the client is; fails when it may not, or when nobody can say: {@link SocketRefusal}
   */
  default CompletableFuture<Optional<Payload>> accept(SocketHandler.Request request) {
    return CompletableFuture.completedFuture(Optional.empty());
  }

  Delivery open(Session session);

  /** Kind {@code BYTES} for a binary message, a string value for text. */
  Delivery message(Session session, Payload message);

  Delivery close(Session session, int code, String reason);

  /**
   * After {@code FULL}: runs the callback once, on any thread, when there is room again or the
   * endpoint has closed. The callback must be short.
   *
   * @param bytes the size of the message that was refused, which is offered again; else 0
   */
  void whenWritable(int bytes, Runnable callback);
}
