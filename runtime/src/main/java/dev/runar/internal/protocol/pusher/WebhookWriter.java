package dev.runar.internal.protocol.pusher;

import dev.runar.Payload;
import dev.runar.internal.json.JsonBytes;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes what webhooks are told. Stateless; any thread. */
public final class WebhookWriter {
  private WebhookWriter() {}

  /** An event of a channel: {@code channel_occupied}, {@code channel_vacated}, cache misses. */
  public static byte[] channel(String name, String channel) {
    return begin(name, channel).ascii("}").done();
  }

  /** {@code member_added} and {@code member_removed}. */
  public static byte[] member(String name, String channel, String userId) {
    return begin(name, channel).ascii(",\"user_id\":").string(userId).ascii("}").done();
  }

  /** {@code subscription_count}. */
  public static byte[] subscriptionCount(String channel, int count) {
    return begin("subscription_count", channel)
        .ascii(",\"subscription_count\":")
        .number(count)
        .ascii("}")
        .done();
  }

  /**
   * {@code client_event}.
   *
   * @param data JSON; the receiver gets a string: what is none is one that holds its JSON
   * @param userId null: the channel is no presence channel
   */
  public static byte[] clientEvent(
      String channel, String event, Payload data, String socketId, @Nullable String userId) {
    JsonBytes json =
        begin("client_event", channel).ascii(",\"event\":").string(event).ascii(",\"data\":");
    byte[] given = data.encoded();
    if (given.length > 0 && given[0] == '"') {
      json.raw(given);
    } else {
      json.string(new String(given, StandardCharsets.UTF_8));
    }
    json.ascii(",\"socket_id\":").string(socketId);
    if (userId != null) {
      json.ascii(",\"user_id\":").string(userId);
    }
    return json.ascii("}").done();
  }

  private static JsonBytes begin(String name, String channel) {
    return new JsonBytes(96 + channel.length())
        .ascii("{\"name\":")
        .string(name)
        .ascii(",\"channel\":")
        .string(channel);
  }

  /** The body of one call. */
  public static byte[] body(long timeMs, List<byte[]> events) {
    var json = new JsonBytes(64 + events.stream().mapToInt(event -> event.length + 1).sum());
    json.ascii("{\"time_ms\":").number(timeMs).ascii(",\"events\":[");
    for (int i = 0; i < events.size(); i++) {
      if (i > 0) {
        json.ascii(",");
      }
      json.raw(events.get(i));
    }
    return json.ascii("]}").done();
  }
}
