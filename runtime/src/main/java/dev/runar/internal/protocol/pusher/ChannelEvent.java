package dev.runar.internal.protocol.pusher;

import dev.runar.Payload;
import dev.runar.internal.protocol.JsonBytes;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
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
 * @param data JSON text
 * @param userId who sent it, if a member of a presence channel did
 * @param except the socket id of the session that does not get it
 */
public record ChannelEvent(
    String event, byte[] data, @Nullable String userId, @Nullable String except) {
  /** The name of what was published without one. */
  public static final String UNNAMED = "message";

  private static final JsonFactory JSON = JsonFactory.builder().build();
  private static final byte[] NULL = {'n', 'u', 'l', 'l'};
  private static final String EXCEPT = "{\"socketId\":\"";

  /** As it is published. */
  public Payload payload() {
    var json = new JsonBytes(data.length + event.length() + 64);
    // First, so that publishing needs no parser to find it.
    if (except == null) {
      json.ascii("{");
    } else {
      json.ascii(EXCEPT).ascii(except).ascii("\",");
    }
    json.ascii("\"event\":").string(event).ascii(",\"data\":").raw(data);
    if (userId != null) {
      json.ascii(",\"userId\":").string(userId);
    }
    return Payload.encoded(Payload.Kind.JSON, json.ascii("}").done());
  }

  /** The socket id that {@link #payload} was written with, if any. */
  public static @Nullable String exceptOf(Payload payload) {
    byte[] bytes = payload.kind() == Payload.Kind.JSON ? payload.encoded() : NULL;
    int begin = EXCEPT.length();
    if (bytes.length < begin || bytes[2] != 's') {
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
    byte[] text = payload.encoded();
    if (payload.kind() == Payload.Kind.BYTES) {
      return unnamed(NULL);
    }
    try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), text)) {
      return parser.nextToken() == JsonToken.START_OBJECT ? read(parser, text) : unnamed(text);
    } catch (JacksonException e) {
      return unnamed(text);
    }
  }

  private static ChannelEvent unnamed(byte[] data) {
    return new ChannelEvent(UNNAMED, data, null, null);
  }

  private static ChannelEvent read(JsonParser parser, byte[] text) {
    String event = null;
    byte[] data = NULL;
    String userId = null;
    String except = null;
    for (String key = parser.nextName(); key != null; key = parser.nextName()) {
      boolean isText = parser.nextToken() == JsonToken.VALUE_STRING;
      switch (key) {
        case "event" -> event = isText ? parser.getString() : null;
        case "userId" -> userId = isText ? parser.getString() : null;
        case "socketId" -> except = isText ? parser.getString() : null;
        case "data" -> data = slice(parser, text);
        default -> parser.skipChildren();
      }
    }
    return event == null ? unnamed(text) : new ChannelEvent(event, data, userId, except);
  }

  /** The bytes of the value that the parser is at, which it has then passed. */
  private static byte[] slice(JsonParser parser, byte[] text) {
    int begin = (int) parser.currentTokenLocation().getByteOffset();
    if (parser.currentToken().isStructStart()) {
      parser.skipChildren();
    } else {
      parser.finishToken();
    }
    return Arrays.copyOfRange(text, begin, (int) parser.currentLocation().getByteOffset());
  }

  /** Whether a client sent it: then its data stays the JSON that it was. */
  public boolean isOfClient() {
    return event.startsWith("client-");
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ChannelEvent that && payload().equals(that.payload());
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(data);
  }
}
