package dev.runar.internal.codec;

import dev.runar.Configuration.Setting;
import dev.runar.apps.Secret;
import dev.runar.apps.Webhook;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** What a configuration lists, one setting for each value, so that a secret can be masked. */
final class ListedSettings {
  private ListedSettings() {}

  /**
   * All of them; of an empty list that it is empty.
   *
   * @param list the key of the list
   * @param origins where the value of a key comes from
   */
  static List<Setting> of(
      String list, List<? extends Record> listed, UnaryOperator<String> origins) {
    var settings = new ArrayList<Setting>();
    for (int i = 0; i < listed.size(); i++) {
      collect(listed.get(i), list + "." + i + ".", origins, settings);
    }
    if (listed.isEmpty()) {
      settings.add(new Setting(list, "[]", origins.apply(list)));
    }
    return settings;
  }

  private static void collect(
      Record record, String prefix, UnaryOperator<String> origins, List<Setting> settings) {
    for (RecordComponent component : record.getClass().getRecordComponents()) {
      Object value = ConfigReader.component(component, record);
      String key = prefix + component.getName();
      if (value instanceof Record nested) {
        collect(nested, key + ".", origins, settings);
      } else if (component.getName().equals("secrets") && value instanceof List<?> secrets) {
        settings.add(secret(prefix + "secret", secrets, origins));
      } else if (component.getName().equals("webhooks") && value instanceof List<?> webhooks) {
        for (int i = 0; i < webhooks.size(); i++) {
          collect((Record) webhooks.get(i), key + "." + i + ".", origins, settings);
        }
      } else if (record instanceof Webhook webhook && component.getName().equals("url")) {
        settings.add(new Setting(key, webhook.receiver(), origins.apply(key)));
      } else {
        settings.add(new Setting(key, text(component, value), origins.apply(key)));
      }
    }
  }

  /** What a webhook sends along is a token as often as not. */
  private static String text(RecordComponent component, Object value) {
    return switch (component.getName()) {
      case "headers" -> value.toString().equals("{}") ? "{}" : "********";
      case "events" -> value.toString().toLowerCase(java.util.Locale.ROOT);
      default -> ConfigKey.text(value);
    };
  }

  private static Setting secret(String key, List<?> secrets, UnaryOperator<String> origins) {
    String text =
        secrets.stream().map(one -> ((Secret) one).reveal()).collect(Collectors.joining(","));
    return new Setting(key, text, origins.apply(key));
  }
}
