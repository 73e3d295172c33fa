package dev.runar.internal.protocol.centrifugal;

import dev.runar.Payload;
import dev.runar.internal.protocol.centrifugal.wire.EmulationRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * What a client says by an HTTP request of its own, as its session has no way back. Any thread.
 *
 * @param session names the session
 * @param message what would be one message on a WebSocket: bytes are Protobuf, and JSON is
 *     commands, one a line, which nobody has looked at
 */
public record Relayed(String session, Payload message) {
  private static final JsonFactory JSON = new JsonFactory();

  /** Reads a request in JSON: {@code {"session":"…","data":"commands, one a line"}}. */
  public static Optional<Relayed> json(byte[] body) {
    String session = "";
    String data = "";
    try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), body)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return Optional.empty();
      }
      for (String key = parser.nextName(); key != null; key = parser.nextName()) {
        boolean isText = parser.nextToken() == JsonToken.VALUE_STRING;
        if (key.equals("session") && isText) {
          session = parser.getString();
        } else if (key.equals("data") && isText) {
          data = parser.getString();
        } else {
          parser.skipChildren();
        }
      }
      if (parser.nextToken() != null) {
        return Optional.empty();
      }
    } catch (JacksonException e) {
      return Optional.empty();
    }
    return of(session, Payload.Kind.JSON, data.getBytes(StandardCharsets.UTF_8));
  }

  /** Reads a request in Protobuf. */
  public static Optional<Relayed> protobuf(byte[] body) {
    try {
      EmulationRequest request = EmulationRequest.parseFrom(body);
      return of(request.getSession(), Payload.Kind.BYTES, request.getData().toByteArray());
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static Optional<Relayed> of(String session, Payload.Kind kind, byte[] message) {
    return session.isEmpty() || message.length == 0
        ? Optional.empty()
        : Optional.of(new Relayed(session, Payload.encoded(kind, message)));
  }
}
