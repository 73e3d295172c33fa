package dev.runar;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How to request.
 *
 * @param timeout from now; zero: the node's {@code requestTimeout}
 * @param meta carried to the action and to the requests it makes
 * @param caller who asks, for reports of failures, such as {@code session 12}; the action does not
 *     see it; empty: not said
 * @param http the request of an HTTP client that this is made for; not carried on; null: none
 */
public record RequestOptions(
    Duration timeout, Map<String, String> meta, String caller, @Nullable HttpCall http) {
  /** The node's timeout, no meta. */
  public static final RequestOptions DEFAULT = new RequestOptions(Duration.ZERO, Map.of());

  public RequestOptions {
    meta = Map.copyOf(meta);
  }

  /** Who asks is not said. */
  public RequestOptions(Duration timeout, Map<String, String> meta) {
    this(timeout, meta, "");
  }

  /** No HTTP client. */
  public RequestOptions(Duration timeout, Map<String, String> meta, String caller) {
    this(timeout, meta, caller, null);
  }

  public RequestOptions withTimeout(Duration newTimeout) {
    return new RequestOptions(newTimeout, meta, caller, http);
  }

  public RequestOptions withMeta(Map<String, String> newMeta) {
    return new RequestOptions(timeout, newMeta, caller, http);
  }

  public RequestOptions withCaller(String newCaller) {
    return new RequestOptions(timeout, meta, newCaller, http);
  }

  public RequestOptions withHttp(@Nullable HttpCall newHttp) {
    return new RequestOptions(timeout, meta, caller, newHttp);
  }
}
