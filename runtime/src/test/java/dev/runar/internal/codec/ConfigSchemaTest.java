package dev.runar.internal.codec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.Configuration;
import dev.runar.Permissions;
import dev.runar.PortChoice;
import dev.runar.apps.Secret;
import dev.runar.channels.ChannelRule;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * The JSON Schema of {@code runar.yaml} is made of the records and of what docs/configuration.md
 * says of each key. With {@code -Drunar.write=true} this writes it.
 */
class ConfigSchemaTest {
  private static final Path FILE = Path.of("src/main/resources/dev/runar/runar.schema.json");
  private static final Pattern ROW =
      Pattern.compile(
          "^\\| `([a-zA-Z.]+)` \\|[^|]*\\| ([^|]*) \\| ([^|]*) \\|$", Pattern.MULTILINE);

  @Test
  void theSchemaSaysWhatTheRecordsAndThePageSay() throws IOException {
    String schema =
        JsonMapper.builder()
                .enable(SerializationFeature.INDENT_OUTPUT)
                .build()
                .writeValueAsString(schema())
            + "\n";
    if (Boolean.getBoolean("runar.write")) {
      Files.writeString(FILE, schema);
    }
    assertThat(Files.readString(FILE))
        .as("runar.schema.json is stale: run this test with -Drunar.write=true")
        .isEqualTo(schema);
    assertThat(Configuration.class.getResource("runar.schema.json")).isNotNull();
  }

  private static Map<String, Object> schema() throws IOException {
    var root = object("The configuration of a Runar node");
    root.put("$schema", "https://json-schema.org/draft/2020-12/schema");
    Map<String, String> descriptions = descriptions();
    for (ConfigKey key : ConfigKey.all()) {
      String[] names = key.path().split("\\.");
      Map<String, Object> parent = root;
      for (int i = 0; i < names.length - 1; i++) {
        parent = child(parent, names[i]);
      }
      Map<String, Object> value =
          switch (key.path()) {
            case AppReader.KEY -> AppSchema.list();
            case ChannelReader.KEY -> rules();
            default -> value(key.standing());
          };
      value.put("description", descriptions.getOrDefault(key.path(), ""));
      properties(parent).put(names[names.length - 1], value);
    }
    return root;
  }

  private static Map<String, Object> rules() {
    Map<String, Object> rule = object("What the channels of a pattern promise");
    rule.put("required", List.of("pattern"));
    for (RecordComponent component : ChannelRule.class.getRecordComponents()) {
      properties(rule)
          .put(component.getName(), value(ConfigReader.component(component, ChannelRule.DEFAULT)));
    }
    var list = new LinkedHashMap<String, Object>();
    list.put("type", "array");
    list.put("items", rule);
    return list;
  }

  static Map<String, Object> value(Object standing) {
    var schema = new LinkedHashMap<String, Object>();
    switch (standing) {
      case PortChoice _ -> {
        schema.put("type", "integer");
        schema.put("minimum", -1);
        schema.put("maximum", PortChoice.MAX);
      }
      case Duration duration -> {
        schema.put("type", "number");
        schema.put("minimum", 0);
        schema.put("default", duration.toMillis());
      }
      case Secret _ -> schema.put("type", "string");
      case Number number -> {
        schema.put("type", "integer");
        schema.put("minimum", 0);
        schema.put("default", number);
      }
      case Enum<?> choice -> {
        schema.put(
            "enum",
            Arrays.stream(choice.getDeclaringClass().getEnumConstants())
                .map(known -> String.valueOf(known).toLowerCase(Locale.ROOT))
                .toList());
        schema.put("default", choice.name().toLowerCase(Locale.ROOT));
      }
      case List<?> list -> {
        schema.put("type", "array");
        schema.put("items", Map.of("type", "string"));
        schema.put("default", list);
      }
      case Map<?, ?> _ -> {
        schema.put("type", "object");
        var own = object("What one service may reach beside that");
        for (var component : Permissions.class.getRecordComponents()) {
          if (component.getType() == List.class) {
            properties(own).put(component.getName(), value(List.of()));
          }
        }
        schema.put("additionalProperties", own);
      }
      case Boolean flag -> {
        schema.put("type", "boolean");
        schema.put("default", flag);
      }
      default -> {
        schema.put("type", "string");
        schema.put("default", standing);
      }
    }
    return schema;
  }

  private static Map<String, String> descriptions() throws IOException {
    var descriptions = new LinkedHashMap<String, String>();
    Matcher row = ROW.matcher(Files.readString(Path.of("../docs/configuration.md")));
    while (row.find()) {
      String text =
          row.group(3).replaceAll("\\[([^]]*)]\\([^)]*\\)", "$1").replace("`", "").strip();
      descriptions.put(row.group(1), row.group(2).strip().replace("`", "") + ": " + text);
    }
    return descriptions;
  }

  static Map<String, Object> object(String description) {
    var object = new LinkedHashMap<String, Object>();
    object.put("type", "object");
    object.put("description", description);
    object.put("additionalProperties", false);
    object.put("properties", new LinkedHashMap<String, Object>());
    return object;
  }

  @SuppressWarnings("unchecked")
  static Map<String, Object> properties(Map<String, Object> object) {
    return (Map<String, Object>) object.get("properties");
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> child(Map<String, Object> parent, String name) {
    return (Map<String, Object>)
        properties(parent).computeIfAbsent(name, made -> object("The keys of " + made));
  }
}
