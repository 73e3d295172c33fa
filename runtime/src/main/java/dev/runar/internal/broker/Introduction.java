package dev.runar.internal.broker;

import dev.runar.Payload;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a client says of itself as it connects, and what its connection says of it. Immutable.
 *
 * @param token empty: it shows none
 * @param data of the client's own; null: none
 * @param client the id of its session
 * @param transport {@code websocket}, {@code http_stream}, {@code sse} or {@code topics}
 * @param remote host and port of the connection's other end
 * @param headers of the request by which it came, by lower-case name; empty where nobody wants them
 *     and when it shows a newer token later
 */
public record Introduction(
    String token,
    @Nullable Payload data,
    String client,
    String transport,
    String remote,
    Map<String, String> headers) {

  /** Of the client of a session. */
  public static Introduction of(
      ClientSession session, String token, @Nullable Payload data, Map<String, String> headers) {
    String transport = session.path().substring(session.path().lastIndexOf('/') + 1);
    return new Introduction(token, data, session.id(), transport, session.remoteAddress(), headers);
  }
}
