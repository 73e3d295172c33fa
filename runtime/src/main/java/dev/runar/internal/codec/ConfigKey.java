package dev.runar.internal.codec;

import dev.runar.NodeConfig;
import dev.runar.PortChoice;
import dev.runar.apps.Secret;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;

/**
 * One key of the configuration, as every source spells it. Immutable.
 *
 * @param path such as {@code limits.queuedCallbacks}
 * @param standing its default
 */
record ConfigKey(String path, Object standing) {
  private static final ObjectMapper JSON = JsonMapper.builder().build();

  /** All keys, in the order of the records. */
  static List<ConfigKey> all() {
    var keys = new ArrayList<ConfigKey>();
    collect(NodeConfig.DEFAULT, "", keys);
    return keys;
  }

  private static void collect(Record record, String prefix, List<ConfigKey> keys) {
    for (RecordComponent component : record.getClass().getRecordComponents()) {
      Object value = ConfigReader.component(component, record);
      String path = prefix + component.getName();
      if (value instanceof Record nested && !(value instanceof PortChoice)) {
        collect(nested, path + ".", keys);
      } else {
        keys.add(new ConfigKey(path, value));
      }
    }
  }

  /** As a property: {@code runar.limits.queued-callbacks}. */
  String property() {
    return "runar." + path.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
  }

  /** As a variable of the environment: {@code RUNAR_LIMITS_QUEUED_CALLBACKS}. */
  String variable() {
    return property().replaceAll("[.-]", "_").toUpperCase(Locale.ROOT);
  }

  /** The value of a configuration, as a file has it; empty for a port that nobody has chosen. */
  String textIn(NodeConfig config) {
    Object value = config;
    for (String name : path.split("\\.", -1)) {
      Object record = value;
      value =
          Arrays.stream(record.getClass().getRecordComponents())
              .filter(component -> component.getName().equals(name))
              .map(component -> ConfigReader.component(component, record))
              .findFirst()
              .orElseThrow();
    }
    return text(value);
  }

  /** A value as text. */
  static String text(@Nullable Object value) {
    return switch (value) {
      case null -> "";
      case PortChoice.Fixed(int number) -> Integer.toString(number);
      case PortChoice.None() -> "-1";
      case PortChoice.OfScript(var otherwise) ->
          otherwise.isPresent() ? Integer.toString(otherwise.getAsInt()) : "";
      case Duration duration -> Long.toString(duration.toMillis());
      case Enum<?> choice -> choice.name().toLowerCase(Locale.ROOT);
      case Secret secret -> secret.reveal();
      case List<?> list -> JSON.writeValueAsString(list);
      case Map<?, ?> map -> JSON.writeValueAsString(map);
      default -> value.toString();
    };
  }

  /** What a text means, as a file would say it; what does not fit is left to the reader's check. */
  Object value(String text) {
    return switch (standing) {
      case Integer _ -> number(text);
      case Long _ -> number(text);
      case Duration _ -> number(text);
      case PortChoice _ -> number(text);
      case Boolean _ when text.strip().matches("true|false") -> Boolean.valueOf(text.strip());
      case List<?> _ -> text.startsWith("[") ? json(text) : words(text);
      case Map<?, ?> _ -> json(text);
      default -> text;
    };
  }

  private static Object number(String text) {
    try {
      long number = Long.parseLong(text.strip());
      return number == (int) number ? (Object) (int) number : number;
    } catch (NumberFormatException e) {
      return text;
    }
  }

  private static List<String> words(String text) {
    return text.isBlank()
        ? List.of()
        : Arrays.stream(text.split(",", -1)).map(String::strip).toList();
  }

  private static Object json(String text) {
    try {
      return JSON.readValue(text, Object.class);
    } catch (JacksonException e) {
      return text;
    }
  }
}
