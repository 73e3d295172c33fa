package dev.runar.cli.contract;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One object of a description, read with care: what is missing or of another type is empty. */
public record JsonObject(Map<?, ?> fields) {
  static final JsonObject EMPTY = new JsonObject(Map.of());

  /** The value as an object; empty if it is none. */
  public static JsonObject of(@Nullable Object value) {
    return value instanceof Map<?, ?> map ? new JsonObject(map) : EMPTY;
  }

  public @Nullable Object value(String key) {
    return fields.get(key);
  }

  public boolean has(String key) {
    return fields.get(key) != null;
  }

  public String text(String key) {
    Object value = fields.get(key);
    return value == null ? "" : value.toString();
  }

  public boolean flag(String key) {
    return Boolean.TRUE.equals(fields.get(key));
  }

  public JsonObject object(String key) {
    return of(fields.get(key));
  }

  public Optional<JsonObject> find(String key) {
    return fields.get(key) instanceof Map<?, ?> map
        ? Optional.of(new JsonObject(map))
        : Optional.empty();
  }

  public List<?> list(String key) {
    return fields.get(key) instanceof List<?> list ? list : List.of();
  }

  public List<JsonObject> objects(String key) {
    return list(key).stream().map(JsonObject::of).toList();
  }

  public List<String> texts(String key) {
    return list(key).stream().map(String::valueOf).toList();
  }

  /** Its fields that are objects, by name. */
  public Map<String, JsonObject> objects() {
    var objects = new LinkedHashMap<String, JsonObject>();
    fields.forEach((key, value) -> objects.put(String.valueOf(key), of(value)));
    return objects;
  }

  boolean isEmpty() {
    return fields.isEmpty();
  }
}
