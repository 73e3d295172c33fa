package dev.runar;

import java.time.Duration;
import java.util.Map;

/**
 * How to request.
 *
 * @param timeout from now; zero: the node's {@code requestTimeout}
 * @param meta carried to the action and to the requests it makes
 */
public record RequestOptions(Duration timeout, Map<String, String> meta) {
  /** The node's timeout, no meta. */
  public static final RequestOptions DEFAULT = new RequestOptions(Duration.ZERO, Map.of());

  public RequestOptions {
    meta = Map.copyOf(meta);
  }

  public RequestOptions withTimeout(Duration newTimeout) {
    return new RequestOptions(newTimeout, meta);
  }

  public RequestOptions withMeta(Map<String, String> newMeta) {
    return new RequestOptions(timeout, newMeta);
  }
}
