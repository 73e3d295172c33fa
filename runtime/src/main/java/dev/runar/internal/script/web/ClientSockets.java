package dev.runar.internal.script.web;

import java.net.http.WebSocket;
import java.time.Duration;
import org.graalvm.polyglot.Value;
import org.graalvm.polyglot.proxy.ProxyExecutable;
import org.jspecify.annotations.Nullable;

/** The WebSocket connections that one script has open, and their bounds. Owner thread. */
final class ClientSockets {
  /** Connections of one script. */
  private static final int MAX_SOCKETS = 1_000;

  /** Bytes of messages of all sockets of a script, each way, that may wait. */
  private static final long MAX_WAITING_BYTES = 64L << 20;

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(30);

  private final WebPlatform platform;
  private final WebHost host;
  private final Connections connections;
  private final ByteBudget received = new ByteBudget(MAX_WAITING_BYTES);
  private final ByteBudget unsent = new ByteBudget(MAX_WAITING_BYTES);
  private int open;

  ClientSockets(WebPlatform platform, WebHost host, Connections connections) {
    this.platform = platform;
    this.host = host;
    this.connections = connections;
  }

  /**
   * {@code (url, protocols, listener)}. Begins to connect; the listener hears what {@link
   * ClientSocket} tells.
   *
   * @return the socket as a function, see {@link ClientSocket#execute}; null when too many are open
   */
  @Nullable Object connect(Value... arguments) {
    if (open >= MAX_SOCKETS) {
      return null;
    }
    var outbox = new SocketOutbox(unsent);
    var socket = new ClientSocket(host, arguments[2], outbox, received);
    Runnable abort = socket::abort;
    if (!connections.keep(abort)) {
      return null;
    }
    open++;
    var _ =
        socket
            .ended()
            .thenRun(
                () -> {
                  connections.forget(abort);
                  host.post("WebSocket end", () -> open--);
                });
    try {
      socket.connect(handshake(arguments[1]), UrlAsUri.of(arguments[0].asString()));
    } catch (IllegalArgumentException e) {
      socket.fail(Network.message(e));
    }
    return (ProxyExecutable) socket;
  }

  private WebSocket.Builder handshake(Value protocols) {
    WebSocket.Builder builder =
        platform
            .client()
            .newWebSocketBuilder()
            .connectTimeout(CONNECT_TIMEOUT)
            .header("User-Agent", "Runar");
    int count = (int) protocols.getArraySize();
    if (count > 0) {
      String[] others = new String[count - 1];
      for (int i = 1; i < count; i++) {
        others[i - 1] = protocols.getArrayElement(i).asString();
      }
      builder.subprotocols(protocols.getArrayElement(0).asString(), others);
    }
    return builder;
  }
}
