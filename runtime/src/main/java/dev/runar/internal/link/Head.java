package dev.runar.internal.link;

import dev.runar.Payload;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the head of one frame says. Immutable; any thread. */
record Head(Map<String, @Nullable Object> values) {

  /** Empty: it is not said. */
  String text(String name) {
    return values.get(name) instanceof String text ? text : "";
  }

  /**
   * What must be said.
   *
   * @throws RunarException {@code INVALID_INPUT}
   */
  String needed(String name) {
    if (values.get(name) instanceof String text) {
      return text;
    }
    throw new RunarException(Code.INVALID_INPUT, "the head of a frame lacks " + name);
  }

  long number(String name) {
    return values.get(name) instanceof Number number ? number.longValue() : 0;
  }

  boolean isTrue(String name) {
    return Boolean.TRUE.equals(values.get(name));
  }

  Head part(String name) {
    return new Head(map(values.get(name)));
  }

  /** As JSON text; null: it is not said. */
  @Nullable String json(String name) {
    Object value = values.get(name);
    return value == null ? null : Payload.of(value).text();
  }

  Map<String, String> texts(String name) {
    var texts = new HashMap<String, String>();
    map(values.get(name)).forEach((key, value) -> texts.put(key, String.valueOf(value)));
    return texts;
  }

  /** Names and numbers, as of handlers. */
  Map<String, Integer> numbers(String name) {
    var numbers = new HashMap<String, Integer>();
    map(values.get(name))
        .forEach(
            (key, value) -> {
              if (value instanceof Number number) {
                numbers.put(key, number.intValue());
              }
            });
    return numbers;
  }

  List<?> list(String name) {
    return values.get(name) instanceof List<?> list ? list : List.of();
  }

  private static Map<String, @Nullable Object> map(@Nullable Object value) {
    return value instanceof Map<?, ?> ? Payload.of(value).asMap() : Map.of();
  }
}
