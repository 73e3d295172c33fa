package dev.runar.internal.protocol.pusher;

import dev.runar.Payload;
import dev.runar.internal.protocol.JsonValue;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.JsonRecyclerPools;

/**
 * Reads what a client says. Stateless; any thread. {@code data} may be an object or a string that
 * holds one; keys that a frame does not have are ignored.
 */
public final class PusherReader {
  /** Each lane has its own buffers: taking them from a pool costs more than a short frame. */
  private static final JsonFactory JSON =
      JsonFactory.builder().recyclerPool(JsonRecyclerPools.threadLocalPool()).build();

  private static final byte[] NOTHING = {'n', 'u', 'l', 'l'};

  private PusherReader() {}

  /** Reads the text at {@code text[from..from+length)}, which is known to be UTF-8. */
  public static PusherFrame read(byte[] text, int from, int length) {
    try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), text, from, length)) {
      return new Envelope(text, from).read(parser);
    } catch (JacksonException e) {
      return new PusherFrame.Invalid("the message is not JSON");
    }
  }

  /** A frame while its outer object is read. */
  private static final class Envelope {
    private final byte[] text;
    private final int from;
    private @Nullable String event;
    private @Nullable String channel;
    private byte[] data = NOTHING;

    Envelope(byte[] text, int from) {
      this.text = text;
      this.from = from;
    }

    PusherFrame read(JsonParser parser) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return invalid("a message is a JSON object with an \"event\"");
      }
      for (String key = parser.nextName(); key != null; key = parser.nextName()) {
        boolean isText = parser.nextToken() == JsonToken.VALUE_STRING;
        switch (key) {
          case "event" -> event = isText ? parser.getString() : refused(parser);
          case "channel" -> channel = isText ? parser.getString() : refused(parser);
          case "data" -> data = JsonValue.slice(parser, text, from);
          default -> parser.skipChildren();
        }
      }
      if (parser.nextToken() != null) {
        return invalid("there is something after the message's closing brace");
      }
      return event == null ? invalid("\"event\" must be there and be a string") : frame(event);
    }

    private static @Nullable String refused(JsonParser parser) {
      parser.skipChildren();
      return null;
    }

    private PusherFrame frame(String name) {
      return switch (name) {
        case "pusher:ping" -> new PusherFrame.Ping();
        case "pusher:pong" -> new PusherFrame.Pong();
        case "pusher:subscribe" -> subscribe(Fields.read(data));
        case "pusher:unsubscribe" -> unsubscribe(Fields.read(data));
        case "pusher:signin" -> signin(Fields.read(data));
        default -> ofClient(name);
      };
    }

    private static PusherFrame subscribe(Fields fields) {
      return fields.channel == null || fields.isBad
          ? invalid("pusher:subscribe needs data with a \"channel\"; its values are strings")
          : new PusherFrame.Subscribe(fields.channel, fields.auth, fields.channelData);
    }

    private static PusherFrame unsubscribe(Fields fields) {
      return fields.channel == null
          ? invalid("pusher:unsubscribe needs data with a \"channel\", a string")
          : new PusherFrame.Unsubscribe(fields.channel);
    }

    private static PusherFrame signin(Fields fields) {
      return fields.auth == null || fields.userData == null
          ? invalid("pusher:signin needs data with \"auth\" and \"user_data\", both strings")
          : new PusherFrame.Signin(fields.auth, fields.userData);
    }

    private PusherFrame ofClient(String name) {
      if (!name.startsWith("client-")) {
        return invalid("clients send pusher:… and client-… events; this is neither");
      }
      return channel == null
          ? invalid("a client event needs a \"channel\", a string")
          : new PusherFrame.ClientEvent(name, channel, Payload.encoded(Payload.Kind.JSON, data));
    }
  }

  private static PusherFrame invalid(String problem) {
    return new PusherFrame.Invalid(problem);
  }

  /** What {@code data} holds. */
  private static final class Fields {
    private @Nullable String channel;
    private @Nullable String auth;
    private @Nullable String channelData;
    private @Nullable String userData;

    /** One of them is there and is neither a string nor null. */
    private boolean isBad;

    static Fields read(byte[] data) {
      var fields = new Fields();
      try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), data)) {
        if (parser.nextToken() != JsonToken.VALUE_STRING) {
          fields.readObject(parser);
          return fields;
        }
        byte[] inner = parser.getString().getBytes(StandardCharsets.UTF_8);
        try (JsonParser nested = JSON.createParser(ObjectReadContext.empty(), inner)) {
          nested.nextToken();
          fields.readObject(nested);
        }
      } catch (JacksonException e) {
        fields.isBad = true;
        fields.channel = null; // half of it is nothing
        fields.auth = null;
      }
      return fields;
    }

    private void readObject(JsonParser parser) {
      if (parser.currentToken() != JsonToken.START_OBJECT) {
        isBad = true;
        return;
      }
      for (String key = parser.nextName(); key != null; key = parser.nextName()) {
        parser.nextToken();
        switch (key) {
          case "channel" -> channel = string(parser);
          case "auth" -> auth = string(parser);
          case "channel_data" -> channelData = string(parser);
          case "user_data" -> userData = string(parser);
          default -> parser.skipChildren();
        }
      }
    }

    private @Nullable String string(JsonParser parser) {
      if (parser.currentToken() == JsonToken.VALUE_STRING) {
        return parser.getString();
      }
      isBad |= parser.currentToken() != JsonToken.VALUE_NULL;
      parser.skipChildren();
      return null;
    }
  }
}
