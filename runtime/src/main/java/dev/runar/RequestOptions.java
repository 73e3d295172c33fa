package dev.runar;

import java.time.Duration;
import java.util.Map;

/**
 * How to request.
 *
 * @param timeout from now; zero: the node's {@code requestTimeout}
 * @param meta carried to the action and to the requests it makes
 * @param caller who asks, for reports of failures, such as {@code session 12}; the action does not
 *     see it; empty: not said
 */
public record RequestOptions(Duration timeout, Map<String, String> meta, String caller) {
  /** The node's timeout, no meta. */
  public static final RequestOptions DEFAULT = new RequestOptions(Duration.ZERO, Map.of());

  public RequestOptions {
    meta = Map.copyOf(meta);
  }

  /** Who asks is not said. */
  public RequestOptions(Duration timeout, Map<String, String> meta) {
    this(timeout, meta, "");
  }

  public RequestOptions withTimeout(Duration newTimeout) {
    return new RequestOptions(newTimeout, meta, caller);
  }

  public RequestOptions withMeta(Map<String, String> newMeta) {
    return new RequestOptions(timeout, newMeta, caller);
  }

  public RequestOptions withCaller(String newCaller) {
    return new RequestOptions(timeout, meta, newCaller);
  }
}
