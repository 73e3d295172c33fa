package dev.runar;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP request as an action or an {@link Identifier} sees it, and what is to be said beside the
 * result. Any thread. What is set once the answer has begun is without effect.
 *
 * <p>An answer is for its client alone, and not kept by a {@code cache}, if it sets a cookie or if
 * its handler has asked for headers, cookies, the token or the address.
 */
public interface HttpCall {
  /** In capitals. */
  String method();

  /** Of the URL, still percent-encoded, without the query. */
  String path();

  /** Without its question mark; empty when there is none. */
  String query();

  /** By lower-case name; of several of one name the first. */
  Map<String, String> headers();

  /** What the client sent of them, as sent; of several of one name the first. */
  Map<String, String> cookies();

  /** The token of {@code Authorization: Bearer …}. */
  Optional<String> bearer();

  /** Host and port of the connection's other end, which may be a proxy. */
  String remoteAddress();

  /**
   * The status of the answer, in place of the one that the action declares. One of 400 or more also
   * takes the place of the one that an error's code would give.
   *
   * @throws RunarException {@code INVALID_INPUT} outside 200 to 599
   */
  void status(int status);

  /**
   * Sets a header of the answer.
   *
   * @throws RunarException {@code INVALID_INPUT} for a name or value that HTTP does not have, and
   *     for headers that the node itself writes; {@code TOO_LARGE} beyond 64 headers
   */
  void header(String name, String value);

  /**
   * Sets a cookie at the client.
   *
   * @throws RunarException as {@link #header} does
   */
  void cookie(Cookie cookie);

  /** How far a cookie goes along with requests that other sites begin. */
  enum SameSite {
    STRICT,
    LAX,
    /** Everywhere; browsers want {@code secure} then. */
    NONE
  }

  /**
   * A cookie.
   *
   * @param maxAge null: until the browser ends; zero: deleted
   * @param domain null: this host only
   * @param secure only over TLS
   * @param httpOnly hidden from the scripts of a page
   */
  record Cookie(
      String name,
      String value,
      @Nullable Duration maxAge,
      @Nullable String domain,
      String path,
      boolean secure,
      boolean httpOnly,
      SameSite sameSite) {

    /** Of the whole site, until the browser ends, hidden from scripts, {@code SameSite=Lax}. */
    public static Cookie of(String name, String value) {
      return new Cookie(name, value, null, null, "/", false, true, SameSite.LAX);
    }

    public Cookie withMaxAge(Duration newMaxAge) {
      return new Cookie(name, value, newMaxAge, domain, path, secure, httpOnly, sameSite);
    }

    public Cookie withSecure(boolean newSecure) {
      return new Cookie(name, value, maxAge, domain, path, newSecure, httpOnly, sameSite);
    }
  }

  /**
   * Says who sends an HTTP request: called once before each action that HTTP clients reach, on a
   * virtual thread, so it may block, for at most 5 s. What it throws is told as 401, or as 403 when
   * it is a {@code RunarException} with {@code PERMISSION_DENIED}.
   */
  @FunctionalInterface
  interface Identifier {
    /**
     * Looks at cookies and tokens.
     *
     * @return the {@link RequestContext#identity} of the action and of what it asks, at most {@link
     *     RequestOptions#MAX_IDENTITY} bytes; null: none, and the action may refuse that
     * @throws Exception whatever goes wrong
     */
    @Nullable Payload identify(HttpCall request) throws Exception;
  }
}
