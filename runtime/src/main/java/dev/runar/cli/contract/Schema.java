package dev.runar.cli.contract;

import dev.runar.Payload;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One JSON Schema with the document that its references lead into.
 *
 * @param json as it is written, a reference already followed; null: {@code false}
 * @param root the document
 * @param trail the references that led here: one that is followed again is whatever comes, since a
 *     schema may hold itself
 */
record Schema(@Nullable JsonObject json, JsonObject root, Set<String> trail) {

  /** A document; absent: whatever comes. */
  static Schema of(@Nullable Object document) {
    JsonObject root = JsonObject.of(document);
    return of(document instanceof Boolean ? document : root.fields(), root, Set.of());
  }

  private static Schema of(@Nullable Object value, JsonObject root, Set<String> trail) {
    if (Boolean.FALSE.equals(value)) {
      return new Schema(null, root, trail);
    }
    JsonObject json = JsonObject.of(value);
    Set<String> followed = trail;
    while (json.value("$ref") instanceof String ref) {
      if (followed.contains(ref)) {
        return new Schema(JsonObject.EMPTY, root, followed);
      }
      followed = new HashSet<>(followed);
      followed.add(ref);
      json = target(ref, root);
    }
    return new Schema(json, root, followed);
  }

  private static JsonObject target(String ref, JsonObject root) {
    if (ref.equals("#")) {
      return root;
    }
    if (!ref.startsWith("#/")) {
      return JsonObject.EMPTY; // another document: nothing is known of it
    }
    JsonObject at = root;
    for (String step : ref.substring(2).split("/", -1)) {
      at = at.object(step.replace("~1", "/").replace("~0", "~"));
    }
    return at;
  }

  /** As JSON; empty for whatever comes. */
  JsonObject object() {
    return json == null ? JsonObject.EMPTY : json;
  }

  /** Nothing fits. */
  boolean isNever() {
    return json == null;
  }

  /** Whatever comes fits, as far as this says. */
  boolean isAny() {
    return json != null && json.isEmpty();
  }

  Schema child(String key) {
    return of(object().value(key), root, trail);
  }

  boolean has(String key) {
    return object().has(key);
  }

  List<Schema> children(String key) {
    return object().list(key).stream().map(each -> of(each, root, trail)).toList();
  }

  Map<String, Schema> properties() {
    var properties = new java.util.LinkedHashMap<String, Schema>();
    object()
        .object("properties")
        .fields()
        .forEach((name, value) -> properties.put(String.valueOf(name), of(value, root, trail)));
    return properties;
  }

  boolean isRequired(String property) {
    return object().list("required").contains(property);
  }

  /** The types it names; empty: any. */
  Set<String> types() {
    Object type = object().value("type");
    if (type instanceof String one) {
      return Set.of(one);
    }
    var types = new LinkedHashSet<>(object().texts("type"));
    if (types.isEmpty() && has("properties")) {
      types.add("object");
    }
    return types;
  }

  /** The values that alone fit, as JSON text; empty: not only some. */
  Set<String> values() {
    var values = new LinkedHashSet<String>();
    if (object().fields().containsKey("const")) {
      values.add(text(object().value("const")));
    }
    object().list("enum").forEach(value -> values.add(text(value)));
    List<Schema> branches = branches();
    if (values.isEmpty() && branches.stream().noneMatch(branch -> branch.values().isEmpty())) {
      branches.forEach(branch -> values.addAll(branch.values()));
    }
    return values;
  }

  /** What it is either of; empty: no choice. */
  List<Schema> branches() {
    List<Schema> any = children("anyOf");
    return any.isEmpty() ? children("oneOf") : any;
  }

  private static String text(@Nullable Object value) {
    return Payload.of(value).text();
  }
}
