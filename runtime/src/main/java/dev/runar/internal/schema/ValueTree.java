package dev.runar.internal.schema;

import dev.runar.Payload;
import dev.runar.internal.codec.Json;
import java.math.BigInteger;
import java.time.Instant;
import java.util.Base64;
import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;

/** Payloads as the trees that the validator looks at. Stateless. */
final class ValueTree {
  private static final JsonMapper MAPPER = JsonMapper.builder(Json.FACTORY).build();
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private ValueTree() {}

  static JsonNode of(Payload payload) {
    return payload.kind() == Payload.Kind.JSON && payload.isEncoded()
        ? MAPPER.readTree(payload.encoded())
        : of(payload.value());
  }

  private static JsonNode of(@Nullable Object value) {
    return switch (value) {
      case null -> NODES.nullNode();
      case String text -> NODES.stringNode(text);
      case Boolean bool -> NODES.booleanNode(bool);
      case Integer number -> NODES.numberNode(number.intValue());
      case Long number -> NODES.numberNode(number.longValue());
      case Double number ->
          Double.isFinite(number) ? NODES.numberNode(number.doubleValue()) : NODES.nullNode();
      case BigInteger number -> NODES.numberNode(number);
      case Instant instant -> NODES.stringNode(instant.toString());
      case byte[] bytes -> NODES.stringNode(Base64.getEncoder().encodeToString(bytes));
      case Collection<?> values -> {
        var array = NODES.arrayNode(values.size());
        values.forEach(element -> array.add(of(element)));
        yield array;
      }
      case Map<?, ?> map -> {
        var object = NODES.objectNode();
        map.forEach((key, member) -> object.set(String.valueOf(key), of(member)));
        yield object;
      }
      default -> NODES.stringNode(String.valueOf(value));
    };
  }
}
