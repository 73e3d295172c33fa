package dev.runar.internal.contract;

import dev.runar.Payload;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Schemas on their way into another document. Stateless. */
final class Schemas {
  private Schemas() {}

  /**
   * A schema for another document: references inside of it stay its own, since it gets an id.
   *
   * @param place what it is, for the id: {@code math@1.0.0/add/input}
   */
  static Map<String, @Nullable Object> placed(Map<String, @Nullable Object> schema, String place) {
    if (schema.containsKey("$id") || !refersToItself(schema)) {
      return schema;
    }
    var placed = new LinkedHashMap<String, @Nullable Object>();
    placed.put("$id", id(place));
    placed.putAll(schema);
    return placed;
  }

  static String id(String place) {
    return "urn:runar:" + URLEncoder.encode(place, StandardCharsets.UTF_8).replace("%2F", "/");
  }

  /** The input as its handler takes it: named parameters are fields of an object. */
  static Map<String, @Nullable Object> input(ServiceContract.Action action) {
    Payload given = action.options().input();
    if (given != null) {
      return object(given.value());
    }
    List<String> params = action.params();
    if (params == null) {
      return Map.of();
    }
    var properties = new LinkedHashMap<String, Object>();
    params.forEach(name -> properties.put(name, Map.of()));
    var schema = new LinkedHashMap<String, @Nullable Object>();
    schema.put("type", "object");
    schema.put("properties", properties);
    return schema;
  }

  /** Empty: nothing is known of it. */
  static Map<String, @Nullable Object> of(@Nullable Payload schema) {
    return schema == null ? Map.of() : object(schema.value());
  }

  /** The schemas of an object's fields. */
  static Map<String, @Nullable Object> properties(Map<String, @Nullable Object> schema) {
    return object(schema.get("properties"));
  }

  static List<String> required(Map<String, @Nullable Object> schema) {
    return schema.get("required") instanceof List<?> names
        ? names.stream().map(String::valueOf).toList()
        : List.of();
  }

  /** The object without some fields. */
  static Map<String, @Nullable Object> without(
      Map<String, @Nullable Object> schema, List<String> names) {
    if (names.isEmpty()) {
      return schema;
    }
    var rest = new LinkedHashMap<>(schema);
    var properties = new LinkedHashMap<>(properties(schema));
    names.forEach(properties::remove);
    rest.put("properties", properties);
    var required = new ArrayList<>(required(schema));
    required.removeAll(names);
    if (required.isEmpty()) {
      rest.remove("required");
    } else {
      rest.put("required", required);
    }
    return rest;
  }

  /** The schema of one field, with the definitions that it may refer to. */
  static Map<String, @Nullable Object> field(
      Map<String, @Nullable Object> schema, String name, String place) {
    Map<String, @Nullable Object> field = object(properties(schema).get(name));
    if (!refersToItself(field)) {
      return field;
    }
    var whole = new LinkedHashMap<>(field);
    for (String definitions : List.of("$defs", "definitions")) {
      if (schema.containsKey(definitions)) {
        whole.put(definitions, schema.get(definitions));
      }
    }
    return placed(whole, place + "/" + name);
  }

  private static boolean refersToItself(@Nullable Object value) {
    return switch (value) {
      case Map<?, ?> map ->
          (map.get("$ref") instanceof String ref && ref.startsWith("#"))
              || map.values().stream().anyMatch(Schemas::refersToItself);
      case List<?> list -> list.stream().anyMatch(Schemas::refersToItself);
      case null, default -> false;
    };
  }

  private static Map<String, @Nullable Object> object(@Nullable Object value) {
    if (!(value instanceof Map<?, ?> map)) {
      return Map.of(); // true, or nothing: whatever comes
    }
    var object = new LinkedHashMap<String, @Nullable Object>();
    map.forEach((key, each) -> object.put(String.valueOf(key), each));
    return object;
  }
}
