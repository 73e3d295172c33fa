package dev.runar;

import dev.runar.spi.TraceContext;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * How to request. Immutable.
 *
 * @param timeout from now; zero: the node's {@code requestTimeout}
 * @param meta carried to the action and to the requests and events that it makes
 * @param caller who asks, such as {@code session 12} or the path of an action; empty: not said
 * @param headers carried to the action and no further
 * @param trace the operation that this request is a part of; null: a new trace begins
 * @param identity for whom the request is made, as whoever has made sure of it says; carried on
 *     like {@code meta}; null: nobody has
 * @param attempt the how manyth try this is, from 1
 * @param onMeta told once, before the answer, what the handler has put into its reply meta, if it
 *     has; on the thread that completes the request, so it must not block; null: nobody asks
 */
public record RequestOptions(
    Duration timeout,
    Map<String, String> meta,
    String caller,
    Map<String, String> headers,
    @Nullable TraceContext trace,
    @Nullable Payload identity,
    int attempt,
    @Nullable Consumer<Map<String, String>> onMeta) {
  /** The most entries of meta, of headers, and of reply meta. */
  public static final int MAX_ENTRIES = 64;

  /** The most characters of the names and values of meta, of headers, and of reply meta. */
  public static final int MAX_CHARACTERS = 16_384;

  /** The most bytes of an identity. */
  public static final int MAX_IDENTITY = 16_384;

  /** The node's timeout, no meta. */
  public static final RequestOptions DEFAULT = new RequestOptions(Duration.ZERO, Map.of());

  /**
   * Checks the bounds.
   *
   * @throws RunarException {@code TOO_LARGE}, naming what is
   */
  public RequestOptions {
    meta = bounded("meta", meta);
    headers = bounded("headers", headers);
    if (identity != null && identity.size() > MAX_IDENTITY) {
      throw tooLarge("the identity", MAX_IDENTITY + " bytes");
    }
    if (attempt < 1) {
      throw new IllegalArgumentException("attempt " + attempt + " is less than 1");
    }
  }

  /** Who asks is not said. */
  public RequestOptions(Duration timeout, Map<String, String> meta) {
    this(timeout, meta, "");
  }

  /** No headers, a new trace, nobody's request. */
  public RequestOptions(Duration timeout, Map<String, String> meta, String caller) {
    this(timeout, meta, caller, Map.of(), null, null, 1, null);
  }

  public RequestOptions withTimeout(Duration newTimeout) {
    return new RequestOptions(newTimeout, meta, caller, headers, trace, identity, attempt, onMeta);
  }

  public RequestOptions withMeta(Map<String, String> newMeta) {
    return new RequestOptions(timeout, newMeta, caller, headers, trace, identity, attempt, onMeta);
  }

  public RequestOptions withCaller(String newCaller) {
    return new RequestOptions(timeout, meta, newCaller, headers, trace, identity, attempt, onMeta);
  }

  public RequestOptions withHeaders(Map<String, String> newHeaders) {
    return new RequestOptions(timeout, meta, caller, newHeaders, trace, identity, attempt, onMeta);
  }

  public RequestOptions withTrace(@Nullable TraceContext newTrace) {
    return new RequestOptions(timeout, meta, caller, headers, newTrace, identity, attempt, onMeta);
  }

  /** Say it only where it has been made sure of: at a border of the node. */
  public RequestOptions withIdentity(@Nullable Payload newIdentity) {
    return new RequestOptions(timeout, meta, caller, headers, trace, newIdentity, attempt, onMeta);
  }

  public RequestOptions withAttempt(int newAttempt) {
    return new RequestOptions(timeout, meta, caller, headers, trace, identity, newAttempt, onMeta);
  }

  public RequestOptions withOnMeta(@Nullable Consumer<Map<String, String>> newOnMeta) {
    return new RequestOptions(timeout, meta, caller, headers, trace, identity, attempt, newOnMeta);
  }

  /** An immutable copy; checks the bounds. */
  static Map<String, String> bounded(String what, Map<String, String> texts) {
    if (texts.isEmpty()) {
      return Map.of();
    }
    if (texts.size() > MAX_ENTRIES) {
      throw tooLarge(what, MAX_ENTRIES + " entries");
    }
    long characters = 0;
    for (Map.Entry<String, String> entry : texts.entrySet()) {
      characters += entry.getKey().length() + entry.getValue().length();
    }
    if (characters > MAX_CHARACTERS) {
      throw tooLarge(what, MAX_CHARACTERS + " characters");
    }
    return Map.copyOf(texts);
  }

  private static RunarException tooLarge(String what, String bound) {
    return new RunarException(
        RunarException.Code.TOO_LARGE,
        what + " has more than " + bound + "; put what is large into the payload");
  }
}
