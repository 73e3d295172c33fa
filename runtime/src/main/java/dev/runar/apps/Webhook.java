package dev.runar.apps;

import java.net.URI;
import java.util.Map;
import java.util.Set;

/**
 * Where an app is told what happens on its channels. Immutable.
 *
 * @param url where to, {@code http} or {@code https}
 * @param events the kinds that it is told of; empty: all
 * @param channelPrefix only of channels that begin so; empty: of all
 * @param headers sent along
 */
public record Webhook(
    URI url, Set<Kind> events, String channelPrefix, Map<String, String> headers) {
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
   * @throws IllegalArgumentException for a URL that is not HTTP
   */
  public Webhook {
    if (!("http".equals(url.getScheme()) || "https".equals(url.getScheme()))
        || url.getHost() == null) {
      throw new IllegalArgumentException(
          "url must be http:// or https:// and a host, it is " + url);
    }
    events = Set.copyOf(events);
    headers = Map.copyOf(headers);
  }

  /** Without the headers' values, which are tokens as often as not. */
  @Override
  public String toString() {
    return "Webhook[url=%s, events=%s, channelPrefix=%s, headers=%s]"
        .formatted(url, events, channelPrefix, headers.keySet());
  }
}
