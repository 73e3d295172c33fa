package dev.runar;

import java.util.Map;
import java.util.Optional;

/** One connected client. Any thread. */
public interface Session {
  /** Unique within the node's life and hard to guess. */
  String id();

  /** The URL path it connected to. */
  String path();

  /** The query parameters of the URL; the first value of each. */
  Map<String, String> query();

  /** The client's address, {@code host:port}. */
  String remoteAddress();

  /** Who {@link SocketHandler#accept} has said the client is; empty: nobody has said. */
  Optional<Payload> identity();

  /**
   * Sends one message: a {@code BYTES} payload as a binary frame, a string value as its text,
   * anything else as its JSON text. Never blocks.
   *
   * @return {@code QUEUED}; {@code FULL} when the session's byte budget is used up, after which it
   *     is disconnected; {@code CLOSED} when it is gone
   */
  Delivery send(Payload message);

  /** Closes with a WebSocket close code. Repeatable. */
  void close(int code, String reason);
}
