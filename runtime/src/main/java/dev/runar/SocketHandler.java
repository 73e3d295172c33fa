package dev.runar;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Handles the clients of one raw WebSocket path. For each session: {@code open} once, then {@code
 * message} for every message in order, then {@code close} once; never two of them at a time. Calls
 * come on a virtual thread. A throw is reported and counted; the next call still comes.
 */
public interface SocketHandler {

  /**
   * What a client says as it wants to connect.
   *
   * @param path of the URL
   * @param query its parameters; the first value of each
   * @param headers by lower-case name; of several of one name the first
   * @param remoteAddress {@code host:port}, which may be a proxy
   * @param protocols the subprotocols that it offers, in its order
   */
  record Request(
      String path,
      Map<String, String> query,
      Map<String, String> headers,
      String remoteAddress,
      List<String> protocols) {
    public Request {
      query = Map.copyOf(query);
      headers = Map.copyOf(headers);
      protocols = List.copyOf(protocols);
    }
  }

  /**
   * A client wants to connect: its handshake waits, and nothing more is read of it, until this
   * returns. On a virtual thread of its own, so it may block, for at most {@code
   * server.handshakeTimeout}; then, and when the client goes, the thread is interrupted. For
   * several clients at a time, at most 4,096.
   *
   * @return who it is, for {@link Session#identity}: at most {@link RequestOptions#MAX_IDENTITY}
   *     bytes, not of kind {@code BYTES}; null: not said
   * @throws Exception and the client is refused. A {@link RunarException} is told by its {@code
   *     data.status} from 400 to 499, or by its code: {@code PERMISSION_DENIED} 403, {@code
   *     INVALID_INPUT} 400, one that {@linkplain RunarException#defined has a name} 403, one that
   *     may pass 503. Anything else is 500 and logged
   */
  default @Nullable Payload accept(Request request) throws Exception {
    return null;
  }

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
