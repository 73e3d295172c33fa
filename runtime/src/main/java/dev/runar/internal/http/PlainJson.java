package dev.runar.internal.http;

import java.math.BigInteger;
import java.time.Instant;
import java.util.Base64;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A value as plain JSON, for clients that know nothing of rich values: dates as ISO 8601, sets as
 * arrays, maps as objects, bytes as base64, big integers as strings, what is no finite number as
 * null. Stateless.
 */
final class PlainJson {
  private PlainJson() {}

  static @Nullable Object of(@Nullable Object value) {
    return switch (value) {
      case null -> null;
      case Double number -> number.isNaN() || number.isInfinite() ? null : number(number);
      case BigInteger integer -> integer.toString();
      case Instant date -> date.toString();
      case byte[] bytes -> Base64.getEncoder().encodeToString(bytes);
      case Map<?, ?> map -> object(map);
      case Collection<?> several ->
          several.stream()
              .map(PlainJson::of)
              .collect(
                  java.util.ArrayList::new, java.util.ArrayList::add, java.util.ArrayList::addAll);
      default -> value;
    };
  }

  /** JSON has no negative zero. */
  private static Double number(Double number) {
    return number == 0 ? (Double) 0.0 : number;
  }

  private static Map<String, @Nullable Object> object(Map<?, ?> map) {
    var object = new LinkedHashMap<String, @Nullable Object>();
    map.forEach((name, value) -> object.put(String.valueOf(name), of(value)));
    return object;
  }
}
