package dev.runar.internal.protocol.pusher;

import dev.runar.Payload;
import dev.runar.internal.json.JsonBytes;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Writes what the node says, as UTF-8 JSON text. Stateless; any thread.
 *
 * <p>The protocol wants {@code data} to be a string that holds JSON, in every event that a client
 * did not send.
 */
public final class PusherWriter {
  private PusherWriter() {}

  /** The beginning of every publication of a topic: its last segment is the channel. */
  public static byte[] head(String topic) {
    String channel = ChannelName.ofSegment(topic.substring(topic.lastIndexOf('/') + 1)).text();
    return new JsonBytes(channel.length() + 16)
        .ascii("{\"channel\":")
        .string(channel)
        .ascii(",\"event\":")
        .done();
  }

  /** One publication. */
  public static byte[] publication(byte[] head, Payload payload) {
    ChannelEvent event = ChannelEvent.read(payload);
    var json = new JsonBytes(head.length + payload.size() + 32).raw(head).string(event.event());
    json.ascii(",\"data\":");
    byte[] data = event.data().encoded();
    if (event.isOfClient() || data[0] == '"') {
      json.raw(data);
    } else {
      json.string(new String(data, StandardCharsets.UTF_8));
    }
    if (event.userId() != null) {
      json.ascii(",\"user_id\":").string(event.userId());
    }
    return json.ascii("}").done();
  }

  /**
   * Any event of the protocol itself.
   *
   * @param data the JSON that the string {@code data} holds; null: there is none
   * @param channel null: it is of the connection
   */
  public static byte[] event(String name, @Nullable String channel, @Nullable String data) {
    var json = new JsonBytes(128).ascii("{\"event\":").string(name);
    if (channel != null) {
      json.ascii(",\"channel\":").string(channel);
    }
    if (data != null) {
      json.ascii(",\"data\":").string(data);
    }
    return json.ascii("}").done();
  }

  /** {@code pusher:error}, whose data is an object. */
  public static byte[] error(int code, String message) {
    return new JsonBytes(64 + message.length())
        .ascii("{\"event\":\"pusher:error\",\"data\":{\"code\":")
        .number(code)
        .ascii(",\"message\":")
        .string(message)
        .ascii("}}")
        .done();
  }

  /** {@code pusher:subscription_error}. */
  public static byte[] subscriptionError(String channel, SubscriptionError error, String message) {
    byte[] data =
        new JsonBytes(64 + message.length())
            .ascii("{\"type\":")
            .string(error.type())
            .ascii(",\"error\":")
            .string(message)
            .ascii(",\"status\":")
            .number(error.status())
            .ascii("}")
            .done();
    return event("pusher:subscription_error", channel, new String(data, StandardCharsets.UTF_8));
  }

  /** {@code pusher:connection_established}. */
  public static byte[] established(String socketId, long activitySeconds) {
    return event(
        "pusher:connection_established",
        null,
        "{\"socket_id\":\"%s\",\"activity_timeout\":%d}".formatted(socketId, activitySeconds));
  }
}
