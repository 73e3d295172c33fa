package dev.runar.cli.systemd;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The socket that {@code NOTIFY_SOCKET} names: a path, or after {@code @} an abstract name. Any
 * thread. What cannot be sent is logged, the first time as a warning; nothing is sent again, since
 * whoever listens asks for no answer.
 */
public final class NotifySocket {
  private static final Logger LOG = System.getLogger("runar.cli");

  private final String address;
  private final AtomicBoolean hasFailed = new AtomicBoolean();

  /** Nothing is opened before the first message. */
  public NotifySocket(String address) {
    this.address = address;
  }

  /** Sends one message, as a datagram. */
  public void send(String message) {
    try {
      UnixDatagrams.send(SocketAddress.of(address), message);
    } catch (UnixDatagrams.Unsent e) {
      Level level = hasFailed.getAndSet(true) ? Level.DEBUG : Level.WARNING;
      LOG.log(
          level,
          "init system socket={0} not told {1}: {2}; it may think that this process is not ready"
              + " and end it, see NOTIFY_SOCKET",
          address,
          message.lines().findFirst().orElse(""),
          e.getMessage());
    }
  }
}
