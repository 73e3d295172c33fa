package dev.runar.cli.contract;

import dev.runar.Payload;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Types of all that services offer, as the text of a {@code .d.ts} file: one interface for each
 * service, and {@code Services} with all of them by path. Not for several threads.
 */
public final class TypeScriptTypes {
  private static final Pattern IDENTIFIER = Pattern.compile("[A-Za-z_$][A-Za-z0-9_$]*");

  /** Deeper ones are {@code unknown}: a schema may hold itself. */
  private static final int MAX_DEPTH = 12;

  private final StringBuilder text = new StringBuilder();
  private final Set<String> names = new HashSet<>();

  private TypeScriptTypes() {}

  /** The whole file. */
  public static String of(List<JsonObject> services) {
    return new TypeScriptTypes().file(services);
  }

  private String file(List<JsonObject> services) {
    text.append("// Written by: runar types\n")
        .append("import type { RequestOptions, StreamOptions } from \"runar-ts\";\n");
    var byPath = new LinkedHashMap<String, String>();
    for (JsonObject service : services) {
      String path = service.text("path");
      boolean isPreferred = service.equals(preferred(services, path));
      String name = unused(pascal(isPreferred ? path : path + " v" + service.text("version")));
      byPath.put(isPreferred ? path : path + "@" + service.text("version"), name);
      service(service, name);
    }
    text.append("\n/** Every service by its path. */\nexport interface Services {\n");
    byPath.forEach(
        (path, name) ->
            text.append("  ").append(key(path)).append(": ").append(name).append(";\n"));
    return text.append("}\n").toString();
  }

  /** What its path means without a version. */
  static JsonObject preferred(List<JsonObject> services, String path) {
    List<JsonObject> versions =
        services.stream().filter(each -> each.text("path").equals(path)).toList();
    return versions.stream()
        .filter(each -> each.flag("preferred"))
        .findFirst()
        .orElseGet(versions::getLast);
  }

  private void service(JsonObject service, String name) {
    text.append('\n');
    comment(service.text("description"), "");
    text.append("export interface ").append(name).append(" {\n");
    for (JsonObject action : service.objects("actions")) {
      if (!action.text("visibility").equals("PRIVATE")) {
        comment(action.text("description"), "  ");
        text.append("  ")
            .append(key(action.text("name")))
            .append('(')
            .append(parameters(action))
            .append("): ")
            .append(output(action))
            .append(";\n");
      }
    }
    text.append("}\n");
  }

  /** As {@code node.client} takes them: the action's own parameters or its input, and options. */
  private static String parameters(JsonObject action) {
    String options = action.flag("stream") ? "StreamOptions" : "RequestOptions";
    Schema input = action.has("input") ? Schema.of(action.value("input")) : null;
    var parameters = new ArrayList<String>();
    if (action.has("params")) {
      for (String name : action.texts("params")) {
        Schema known = input == null ? null : input.properties().get(name);
        parameters.add(name + ": " + (known == null ? "unknown" : type(known, 0)));
      }
    } else if (input == null) {
      parameters.add("input?: unknown");
    } else {
      boolean isOptional =
          !input.properties().isEmpty() && input.object().list("required").isEmpty();
      parameters.add("input" + (isOptional ? "?" : "") + ": " + type(input, 0));
    }
    parameters.add("options?: " + options);
    return String.join(", ", parameters);
  }

  private static String output(JsonObject action) {
    String item = action.has("output") ? type(Schema.of(action.value("output")), 0) : "unknown";
    return (action.flag("stream") ? "AsyncIterable<" : "Promise<") + item + ">";
  }

  private static String type(Schema schema, int depth) {
    if (schema.isNever()) {
      return "never";
    }
    if (depth > MAX_DEPTH) {
      return "unknown";
    }
    if (!schema.values().isEmpty()) {
      return String.join(" | ", schema.values());
    }
    if (!schema.branches().isEmpty()) {
      return union(schema.branches().stream().map(each -> type(each, depth + 1)).toList());
    }
    if (schema.has("allOf")) {
      var parts = new ArrayList<String>();
      if (!schema.properties().isEmpty()) {
        parts.add(object(schema, depth));
      }
      schema.children("allOf").forEach(each -> parts.add(type(each, depth + 1)));
      return parts.stream()
          .map(part -> part.contains(" | ") ? "(" + part + ")" : part)
          .collect(Collectors.joining(" & "));
    }
    return schema.types().isEmpty()
        ? "unknown"
        : union(schema.types().stream().map(each -> type(each, schema, depth)).toList());
  }

  private static String union(List<String> types) {
    List<String> different = types.stream().distinct().toList();
    return different.contains("unknown") ? "unknown" : String.join(" | ", different);
  }

  private static String type(String name, Schema schema, int depth) {
    return switch (name) {
      case "integer", "number" -> "number";
      case "string", "boolean", "null" -> name;
      case "array" -> array(schema, depth);
      case "object" -> object(schema, depth);
      default -> "unknown";
    };
  }

  private static String array(Schema schema, int depth) {
    List<Schema> tuple = schema.children("prefixItems");
    if (!tuple.isEmpty()) {
      return tuple.stream()
          .map(each -> type(each, depth + 1))
          .collect(Collectors.joining(", ", "[", "]"));
    }
    String item = schema.has("items") ? type(schema.child("items"), depth + 1) : "unknown";
    return item.matches("[\\w$]+") ? item + "[]" : "Array<" + item + ">";
  }

  private static String object(Schema schema, int depth) {
    Map<String, Schema> properties = schema.properties();
    Schema rest = schema.child("additionalProperties");
    if (properties.isEmpty()) {
      boolean isClosed = Boolean.FALSE.equals(schema.object().value("additionalProperties"));
      String values = rest.isAny() ? "unknown" : type(rest, depth + 1);
      return "Record<string, " + (isClosed ? "never" : values) + ">";
    }
    var fields = new ArrayList<String>();
    properties.forEach(
        (name, property) ->
            fields.add(
                key(name) + (schema.isRequired(name) ? ": " : "?: ") + type(property, depth + 1)));
    return "{ " + String.join("; ", fields) + " }";
  }

  private String unused(String wanted) {
    String name = wanted;
    for (int i = 2; !names.add(name); i++) {
      name = wanted + i;
    }
    return name;
  }

  /** {@code user-mail} is {@code UserMailService}. */
  private static String pascal(String path) {
    String joined =
        Pattern.compile("[^A-Za-z0-9]+")
            .splitAsStream(path)
            .filter(word -> !word.isEmpty())
            .map(word -> Character.toUpperCase(word.charAt(0)) + word.substring(1))
            .collect(Collectors.joining());
    String name = joined.isEmpty() || Character.isDigit(joined.charAt(0)) ? "_" + joined : joined;
    return name + "Service";
  }

  private static String key(String name) {
    return IDENTIFIER.matcher(name).matches() ? name : Payload.of(name).text();
  }

  private void comment(String description, String indent) {
    if (!description.isEmpty()) {
      text.append(indent)
          .append("/** ")
          .append(description.replace("*/", "*\\/").replaceAll("\\s+", " "))
          .append(" */\n");
    }
  }
}
