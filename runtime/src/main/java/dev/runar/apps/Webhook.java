package dev.runar.apps;

import java.net.URI;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Where an app is told what happens on its channels. Immutable.
 *
 * @param url where to, {@code http} or {@code https}
 * @param events the kinds that it is told of; empty: all
 * @param channelPrefix only of channels that begin so; empty: of all
 * @param headers sent along; not those that HTTP or the call itself sets, such as {@code Host} and
 *     {@code X-Pusher-Signature}
 */
public record Webhook(
    URI url, Set<Kind> events, String channelPrefix, Map<String, String> headers) {
  private static final Pattern HEADER_NAME = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");
  private static final Pattern HEADER_VALUE = Pattern.compile("[\\t\\x20-\\x7e\\x80-\\xff]*");

  /** Those of the protocol, which a client sets itself, and those that every call has. */
  private static final Set<String> SET_BY_CALL =
      Set.of(
          "connection",
          "content-length",
          "expect",
          "host",
          "http2-settings",
          "keep-alive",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade",
          "content-type",
          "x-pusher-key",
          "x-pusher-signature");

  /** What a webhook tells of. */
  public enum Kind {
    CHANNEL_OCCUPIED,
    CHANNEL_VACATED,
    MEMBER_ADDED,
    MEMBER_REMOVED,
    CLIENT_EVENT,
    CACHE_MISS,
    SUBSCRIPTION_COUNT
  }

  /**
   * A webhook.
   *
   * @throws IllegalArgumentException for a URL that is not HTTP, or a header that cannot be sent;
   *     it shows neither the URL nor the header's value
   */
  public Webhook {
    if (!("http".equals(url.getScheme()) || "https".equals(url.getScheme()))
        || url.getHost() == null) {
      throw new IllegalArgumentException("url must be http:// or https:// and a host");
    }
    events = Set.copyOf(events);
    headers = Map.copyOf(headers);
    headers.forEach(Webhook::check);
  }

  private static void check(String name, String value) {
    if (!HEADER_NAME.matcher(name).matches()) {
      throw new IllegalArgumentException("headers: \"" + name + "\" is no name of a header");
    }
    if (SET_BY_CALL.contains(name.toLowerCase(Locale.ROOT))) {
      throw new IllegalArgumentException(
          "headers: " + name + " is set by the call itself and cannot be changed; leave it out");
    }
    if (!HEADER_VALUE.matcher(value).matches()) {
      throw new IllegalArgumentException(
          "headers: the value of " + name + " must be one line of Latin-1 characters");
    }
  }

  /** The scheme and the host: the rest of a URL is as good as a password with many receivers. */
  public String receiver() {
    return url.getScheme() + "://" + url.getHost();
  }

  /** Without the rest of the URL and the headers' values, which are tokens as often as not. */
  @Override
  public String toString() {
    return "Webhook[url=%s, events=%s, channelPrefix=%s, headers=%s]"
        .formatted(receiver(), events, channelPrefix, headers.keySet());
  }
}
