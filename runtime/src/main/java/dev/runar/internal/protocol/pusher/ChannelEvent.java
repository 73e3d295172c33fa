package dev.runar.internal.protocol.pusher;

import dev.runar.Payload;
import dev.runar.internal.protocol.JsonBytes;
import dev.runar.internal.protocol.JsonValue;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * What is published on the topic of a channel: {@code {"event":…,"data":…}}, so that subscribers of
 * every kind see the same. Immutable; any thread.
 *
 * @param event its name
 * @param data JSON
 * @param userId who sent it, if a member of a presence channel did
 * @param except the socket id of the session that does not get it
 */
public record ChannelEvent(
    String event, Payload data, @Nullable String userId, @Nullable String except) {
  /** The name of what was published without one. */
  public static final String UNNAMED = "message";

  private static final JsonFactory JSON = JsonFactory.builder().build();
  private static final Payload NULL = Payload.json("null");
  private static final String EXCEPT = "{\"socketId\":\"";

  /** As it is published. */
  public Payload payload() {
    var json = new JsonBytes(data.size() + event.length() + 64);
    // First, so that publishing needs no parser to find it.
    if (except == null) {
      json.ascii("{");
    } else {
      json.ascii(EXCEPT).ascii(except).ascii("\",");
    }
    json.ascii("\"event\":").string(event).ascii(",\"data\":").raw(data.encoded());
    if (userId != null) {
      json.ascii(",\"userId\":").string(userId);
    }
    return Payload.encoded(Payload.Kind.JSON, json.ascii("}").done());
  }

  /** The socket id that {@link #payload} was written with, if any. */
  public static @Nullable String exceptOf(Payload payload) {
    if (payload.kind() != Payload.Kind.JSON) {
      return null;
    }
    byte[] bytes = payload.encoded();
    int begin = EXCEPT.length();
    if (bytes.length < begin) {
      return null;
    }
    for (int i = 0; i < begin; i++) {
      if (bytes[i] != EXCEPT.charAt(i)) {
        return null;
      }
    }
    for (int end = begin; end < bytes.length; end++) {
      if (bytes[end] == '"') {
        return new String(bytes, begin, end - begin, StandardCharsets.US_ASCII);
      }
    }
    return null;
  }

  /**
   * Reads what was published, by whomever: what is no channel event is the data of an unnamed one.
   */
  public static ChannelEvent read(Payload payload) {
    if (payload.kind() == Payload.Kind.BYTES) {
      return unnamed(NULL);
    }
    byte[] text = payload.encoded();
    try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), text)) {
      return parser.nextToken() == JsonToken.START_OBJECT
          ? read(parser, payload)
          : unnamed(payload);
    } catch (JacksonException e) {
      return unnamed(payload);
    }
  }

  private static ChannelEvent unnamed(Payload data) {
    return new ChannelEvent(UNNAMED, data, null, null);
  }

  private static ChannelEvent read(JsonParser parser, Payload whole) {
    String event = null;
    Payload data = NULL;
    String userId = null;
    String except = null;
    for (String key = parser.nextName(); key != null; key = parser.nextName()) {
      boolean isText = parser.nextToken() == JsonToken.VALUE_STRING;
      switch (key) {
        case "event" -> event = isText ? parser.getString() : null;
        case "userId" -> userId = isText ? parser.getString() : null;
        case "socketId" -> except = isText ? parser.getString() : null;
        case "data" -> data = json(JsonValue.slice(parser, whole.encoded(), 0));
        default -> parser.skipChildren();
      }
    }
    return event == null ? unnamed(whole) : new ChannelEvent(event, data, userId, except);
  }

  private static Payload json(byte[] bytes) {
    return Payload.encoded(Payload.Kind.JSON, bytes);
  }

  /** Whether a client sent it: then its data stays the JSON that it was. */
  public boolean isOfClient() {
    return event.startsWith("client-");
  }
}
