package dev.runar.cli.contract;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A schema as a tree for people, one field a line. Stateless. */
public final class SchemaTree {
  /** Deeper ones are cut: a schema may hold itself. */
  private static final int MAX_DEPTH = 8;

  /** What is said behind the type, and how. */
  private static final List<Map.Entry<String, String>> LIMITS =
      List.of(
          Map.entry("format", "%s"),
          Map.entry("minimum", "%s or more"),
          Map.entry("exclusiveMinimum", "more than %s"),
          Map.entry("maximum", "%s or less"),
          Map.entry("exclusiveMaximum", "less than %s"),
          Map.entry("multipleOf", "multiple of %s"),
          Map.entry("minLength", "%s characters or more"),
          Map.entry("maxLength", "%s characters or less"),
          Map.entry("pattern", "like %s"),
          Map.entry("minItems", "%s items or more"),
          Map.entry("maxItems", "%s items or less"),
          Map.entry("default", "default %s"));

  private SchemaTree() {}

  /** {@code title: type}, and below it its fields. */
  public static List<String> lines(String title, @Nullable Object schema) {
    var lines = new ArrayList<String>();
    add(lines, title, Schema.of(schema), "", 0);
    return lines;
  }

  private static void add(
      List<String> lines, String title, Schema schema, String indent, int depth) {
    String description = schema.object().text("description");
    lines.add(
        indent
            + title
            + ": "
            + type(schema)
            + limits(schema)
            + (description.isEmpty() ? "" : "  # " + description.replaceAll("\\s+", " ")));
    if (depth == MAX_DEPTH) {
      return;
    }
    String inner = indent + "  ";
    schema
        .properties()
        .forEach(
            (name, property) -> {
              String mark = schema.isRequired(name) ? "" : "?";
              add(lines, name + mark, property, inner, depth + 1);
            });
    if (schema.has("items") && !items(schema).properties().isEmpty()) {
      add(lines, "[]", items(schema), inner, depth + 1);
    }
    if (schema.values().isEmpty()) {
      for (Schema branch : schema.branches()) {
        if (!branch.properties().isEmpty()) {
          add(lines, "|", branch, inner, depth + 1);
        }
      }
    }
  }

  private static Schema items(Schema schema) {
    return schema.child("items");
  }

  private static String type(Schema schema) {
    if (schema.isNever()) {
      return "nothing";
    }
    if (!schema.values().isEmpty()) {
      return String.join(" | ", schema.values());
    }
    if (!schema.branches().isEmpty()) {
      return schema.branches().stream().map(SchemaTree::type).collect(Collectors.joining(" | "));
    }
    if (schema.types().isEmpty()) {
      return "any";
    }
    return schema.types().stream()
        .map(
            type ->
                type.equals("array") && schema.has("items")
                    ? "array of " + type(items(schema))
                    : type)
        .collect(Collectors.joining(" | "));
  }

  private static String limits(Schema schema) {
    String limits =
        LIMITS.stream()
            .filter(limit -> schema.has(limit.getKey()))
            .map(limit -> limit.getValue().formatted(schema.object().text(limit.getKey())))
            .collect(Collectors.joining(", "));
    return limits.isEmpty() ? "" : " (" + limits + ")";
  }
}
