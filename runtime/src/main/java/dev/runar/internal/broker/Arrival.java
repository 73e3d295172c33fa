package dev.runar.internal.broker;

import dev.runar.Payload;
import org.jspecify.annotations.Nullable;

/**
 * What a client's handshake said.
 *
 * @param origin where the page that connects comes from; null: it is no page
 * @param isSecure over TLS
 * @param subprotocol what was agreed on; null: nothing
 * @param identity who a service has said it is; null: nobody has said
 */
public record Arrival(
    String path,
    String rawQuery,
    @Nullable String origin,
    boolean isSecure,
    @Nullable String subprotocol,
    @Nullable Payload identity) {

  /** One that has agreed on no subprotocol. */
  public Arrival(String path, String rawQuery, @Nullable String origin, boolean isSecure) {
    this(path, rawQuery, origin, isSecure, null, null);
  }
}
