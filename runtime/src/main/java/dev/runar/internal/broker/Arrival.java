package dev.runar.internal.broker;

import dev.runar.Payload;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a client's handshake said.
 *
 * @param origin where the page that connects comes from; null: it is no page
 * @param isSecure over TLS
 * @param subprotocol what was agreed on; null: nothing
 * @param identity who a service has said it is; null: nobody has said
 * @param key by which the client names its session in requests of its own, as its connection has no
 *     way back; nobody else knows it; empty: it needs none
 * @param headers of its request by lower-case name; empty where nobody wants to see them
 */
public record Arrival(
    String path,
    String rawQuery,
    @Nullable String origin,
    boolean isSecure,
    @Nullable String subprotocol,
    @Nullable Payload identity,
    String key,
    Map<String, String> headers) {

  /** One that has agreed on no subprotocol. */
  public Arrival(String path, String rawQuery, @Nullable String origin, boolean isSecure) {
    this(path, rawQuery, origin, isSecure, null, null, "", Map.of());
  }
}
