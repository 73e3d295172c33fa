package dev.runar.internal.protocol.centrifugal;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.runar.Payload;
import dev.runar.Payload.Kind;
import dev.runar.internal.protocol.Utf8;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;

/**
 * What clients tell each other in the binary form, which has bytes only: those that are JSON are
 * JSON to everybody else, and all others are bytes. Stateless; any thread.
 */
final class ProtobufData {
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(JsonCommands.MAX_DEPTH)
                  .maxNumberLength(1_000)
                  .maxNameLength(50_000)
                  .build())
          .build();

  private ProtobufData() {}

  static Payload payload(ByteString data) {
    byte[] bytes = data.toByteArray();
    return Payload.encoded(isJson(bytes) ? Kind.JSON : Kind.BYTES, bytes);
  }

  /** Not copied: nobody changes what a payload holds. */
  static ByteString bytes(Payload payload) {
    return UnsafeByteOperations.unsafeWrap(payload.encoded());
  }

  private static boolean isJson(byte[] bytes) {
    if (bytes.length == 0 || !mayBegin(bytes[0]) || !Utf8.isValid(bytes, 0, bytes.length)) {
      return false;
    }
    try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), bytes)) {
      JsonToken first = parser.nextToken();
      if (first == null) {
        return false;
      }
      parser.skipChildren();
      if (first == JsonToken.VALUE_STRING) {
        parser.finishToken();
      }
      return parser.nextToken() == null;
    } catch (JacksonException e) {
      return false;
    }
  }

  /** Says no to most of what is not JSON at once. */
  private static boolean mayBegin(byte first) {
    return switch (first) {
      case '{', '[', '"', '-', 't', 'f', 'n', ' ', '\t', '\r', '\n' -> true;
      default -> first >= '0' && first <= '9';
    };
  }
}
