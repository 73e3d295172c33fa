package dev.runar.internal.http;

import dev.runar.Payload;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes of the strings of a URL or form what an action's JSON Schema says: the {@code type} of a
 * property, and of the {@code items} of an array. What does not fit stays a string, so that the
 * schema refuses it with its own words. Stateless.
 */
final class Coercion {
  private final Map<?, ?> properties;

  private Coercion(Map<?, ?> properties) {
    this.properties = properties;
  }

  static Coercion of(@Nullable Payload schema) {
    return schema != null
            && schema.value() instanceof Map<?, ?> map
            && map.get("properties") instanceof Map<?, ?> properties
        ? new Coercion(properties)
        : new Coercion(Map.of());
  }

  /** The value of a field: several values, or what is declared as an array, make a list. */
  Object field(String name, List<String> values) {
    Object schema = properties.get(name);
    if (schema instanceof Map<?, ?> map && allows(map, "array")) {
      Object items = map.get("items");
      return values.stream().map(value -> scalar(items, value)).toList();
    }
    return values.size() == 1
        ? scalar(schema, values.get(0))
        : values.stream().map(value -> scalar(schema, value)).toList();
  }

  private static Object scalar(@Nullable Object schema, String text) {
    if (!(schema instanceof Map<?, ?> map) || allows(map, "string")) {
      return text;
    }
    if (allows(map, "boolean") && (text.equals("true") || text.equals("false"))) {
      return text.equals("true");
    }
    return allows(map, "number") || allows(map, "integer") ? number(text) : text;
  }

  private static boolean allows(Map<?, ?> schema, String type) {
    Object types = schema.get("type");
    return type.equals(types) || (types instanceof List<?> several && several.contains(type));
  }

  /** As JSON spells numbers; another spelling, such as {@code 0x10} or {@code 1f}, stays text. */
  private static Object number(String text) {
    if (!text.matches("-?(0|[1-9][0-9]{0,15})(\\.[0-9]{1,30})?([eE][+-]?[0-9]{1,3})?")) {
      return text;
    }
    double number = Double.parseDouble(text);
    if (number == Math.rint(number) && Math.abs(number) <= 1L << 53 && !text.startsWith("-0")) {
      return (long) number;
    }
    return Double.isInfinite(number) ? text : (Object) number;
  }
}
