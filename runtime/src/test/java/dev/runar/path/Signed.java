package dev.runar.path;

import dev.runar.internal.protocol.pusher.Signature;
import dev.runar.path.PusherNode.Connected;

/** What clients of the app of {@link PusherNode} say that a server has signed for them. */
final class Signed {
  private Signed() {}

  /** {@code pusher:subscribe} to a presence channel. */
  static String joining(Connected client, String channel, String channelData) {
    String text = client.socketId() + ":" + channel + ":" + channelData;
    return joining(channel, "key:" + Signature.sign("secret", text), channelData);
  }

  static String joining(String channel, String auth, String channelData) {
    return "{\"event\":\"pusher:subscribe\",\"data\":{\"channel\":\"%s\",\"auth\":\"%s\",\"channel_data\":%s}}"
        .formatted(channel, auth, quoted(channelData));
  }

  /** Joins as a user and reads the answer. */
  static String join(Connected client, String channel, String userId) {
    return client.say(joining(client, channel, "{\"user_id\":\"" + userId + "\"}")).next();
  }

  /** {@code pusher:signin}. */
  static String signin(Connected client, String userData) {
    String text = client.socketId() + "::user::" + userData;
    return signin("key:" + Signature.sign("secret", text), userData);
  }

  static String signin(String auth, String userData) {
    return "{\"event\":\"pusher:signin\",\"data\":{\"auth\":\"%s\",\"user_data\":%s}}"
        .formatted(auth, quoted(userData));
  }

  /** Signs in as a user who watches others, and reads the answer. */
  static String signIn(Connected client, String userId, String... watchlist) {
    String watched =
        watchlist.length == 0 ? "" : ",\"watchlist\":[\"" + String.join("\",\"", watchlist) + "\"]";
    return client.say(signin(client, "{\"id\":\"" + userId + "\"" + watched + "}")).next();
  }

  private static String quoted(String json) {
    return "\"" + json.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
  }
}
