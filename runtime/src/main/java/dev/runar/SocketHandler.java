package dev.runar;

/**
 * Handles the clients of one raw WebSocket path. For each session: {@code open} once, then {@code
 * message} for every message in order, then {@code close} once; never two of them at a time. Calls
 * come on a virtual thread. A throw is reported and counted; the next call still comes.
 */
public interface SocketHandler {
  /** A client has connected. */
  default void open(Session session) throws Exception {}

  /**
   * A client has sent a message: kind {@code BYTES} for a binary one, a JSON string value for text.
   */
  void message(Session session, Payload message) throws Exception;

  /**
   * The client is gone.
   *
   * @param code the WebSocket close code; 1006 when the connection was lost
   */
  default void close(Session session, int code, String reason) throws Exception {}
}
