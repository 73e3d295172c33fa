package dev.runar.internal.codec;

import dev.runar.apps.App;
import dev.runar.apps.Webhook;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The JSON Schema of the apps of a configuration, as {@link AppReader} reads them. */
final class AppSchema {
  private AppSchema() {}

  static Map<String, Object> list() {
    Map<String, Object> app = record(App.of("id", "key", "secret"), "An app");
    app.put("required", List.of("id", "key"));
    for (String name : List.of("id", "key")) {
      ConfigSchemaTest.properties(app).put(name, Map.of("type", List.of("string", "integer")));
    }
    var list = new LinkedHashMap<String, Object>();
    list.put("type", "array");
    list.put("items", app);
    return list;
  }

  private static Map<String, Object> record(Record defaults, String description) {
    Map<String, Object> schema = ConfigSchemaTest.object(description);
    for (RecordComponent component : defaults.getClass().getRecordComponents()) {
      String name = component.getName();
      Object value = ConfigReader.component(component, defaults);
      switch (name) {
        case "secrets" -> {
          ConfigSchemaTest.properties(schema).put("secret", Map.of("type", "string"));
          ConfigSchemaTest.properties(schema).put(name, texts());
        }
        case "webhooks" -> ConfigSchemaTest.properties(schema).put(name, webhooks());
        default ->
            ConfigSchemaTest.properties(schema)
                .put(
                    name,
                    value instanceof Record nested
                        ? record(nested, "The keys of " + name)
                        : ConfigSchemaTest.value(value));
      }
    }
    return schema;
  }

  private static Map<String, Object> texts() {
    var list = new LinkedHashMap<String, Object>();
    list.put("type", "array");
    list.put("items", Map.of("type", "string"));
    return list;
  }

  private static Map<String, Object> webhooks() {
    Map<String, Object> webhook = ConfigSchemaTest.object("Where the app is told what happens");
    webhook.put("required", List.of("url"));
    Map<String, Object> properties = ConfigSchemaTest.properties(webhook);
    properties.put("url", Map.of("type", "string"));
    var kinds = new LinkedHashMap<String, Object>();
    kinds.put("type", "array");
    kinds.put(
        "items",
        Map.of(
            "enum",
            Arrays.stream(Webhook.Kind.values())
                .map(kind -> kind.name().toLowerCase(Locale.ROOT))
                .toList()));
    properties.put("events", kinds);
    properties.put("channelPrefix", Map.of("type", "string"));
    var headers = new LinkedHashMap<String, Object>();
    headers.put("type", "object");
    headers.put("additionalProperties", Map.of("type", "string"));
    properties.put("headers", headers);
    var list = new LinkedHashMap<String, Object>();
    list.put("type", "array");
    list.put("items", webhook);
    return list;
  }
}
