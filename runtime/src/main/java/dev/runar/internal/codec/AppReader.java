package dev.runar.internal.codec;

import dev.runar.RunarException;
import dev.runar.apps.App;
import dev.runar.apps.Secret;
import dev.runar.apps.Webhook;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads the apps of a configuration. What it says of a mistake never shows a secret. Stateless.
 *
 * <p>An app is an object whose keys are the components of {@link App}; {@code secret} stands for a
 * list of one.
 */
public final class AppReader {
  /** The key that they are under. */
  static final String KEY = "apps";

  /** As many as a configuration may list; more belong in a database. */
  private static final int MOST = 10_000;

  private static final App NAMELESS = App.of("id", "key", "secret");

  private AppReader() {}

  /**
   * One app, such as a database has it.
   *
   * @param fields by the names of a configuration; a key that is missing has its default
   * @param source where it comes from, for the error
   * @throws RunarException {@code CONFIG}
   */
  public static App app(Map<String, ?> fields, String source) {
    return app(fields, at -> source, "app");
  }

  static List<App> apps(@Nullable Object given, UnaryOperator<String> sources) {
    if (!(given instanceof List<?> list) || list.size() > MOST) {
      throw ConfigReader.wrong(
          sources.apply(KEY) + ": " + KEY + " must be a list of at most " + MOST + " apps");
    }
    var apps = new ArrayList<App>();
    var ids = new HashSet<String>();
    var keys = new HashSet<String>();
    for (Object one : list) {
      String path = KEY + "." + apps.size();
      App app = app(one, sources, path);
      if (!ids.add(app.id()) || !keys.add(app.key())) {
        throw ConfigReader.wrong(
            sources.apply(path)
                + ": "
                + path
                + " has the id or the key of another app: id="
                + app.id()
                + " key="
                + app.key());
      }
      apps.add(app);
    }
    return List.copyOf(apps);
  }

  private static App app(@Nullable Object given, UnaryOperator<String> sources, String path) {
    var fields = new LinkedHashMap<String, @Nullable Object>(object(given, sources, path));
    List<Secret> secrets = secrets(fields, sources, path);
    fields.remove("secret");
    fields.remove("secrets");
    List<Webhook> webhooks = webhooks(fields.remove("webhooks"), sources, path + ".webhooks");
    for (String required : List.of("id", "key")) {
      Object value = fields.get(required);
      if (value == null) {
        throw ConfigReader.wrong(
            sources.apply(path) + ": " + path + "." + required + " is missing");
      }
      if (value instanceof Integer || value instanceof Long) { // as YAML takes an id of digits
        fields.put(required, value.toString());
      }
    }
    App read = (App) ConfigReader.read(NAMELESS, fields, sources, path + ".");
    try {
      return read.withSecrets(secrets).withWebhooks(webhooks);
    } catch (IllegalArgumentException e) {
      throw ConfigReader.wrong(sources.apply(path) + ": " + path + ": " + e.getMessage());
    }
  }

  private static List<Secret> secrets(
      Map<String, @Nullable Object> fields, UnaryOperator<String> sources, String path) {
    Object several = fields.get("secrets");
    Object one = fields.get("secret");
    if (several != null && one != null) {
      throw ConfigReader.wrong(
          sources.apply(path) + ": " + path + " has both secret and secrets; say one of them");
    }
    String source = sources.apply(path);
    if (several == null) {
      return List.of(secret(one, source, path + ".secret"));
    }
    String name = path + ".secrets";
    if (!(several instanceof List<?> given) || given.isEmpty()) {
      throw ConfigReader.wrong(source + ": " + name + " must be at least one");
    }
    return given.stream().map(text -> secret(text, source, name)).toList();
  }

  /** A secret is never shown, so neither is what is not one. */
  static Secret secret(@Nullable Object given, String source, String path) {
    return switch (given) {
      case String text -> new Secret(text);
      case Integer number -> new Secret(number.toString());
      case Long number -> new Secret(number.toString());
      case null -> throw ConfigReader.wrong(source + ": " + path + " is missing");
      default -> throw ConfigReader.wrong(source + ": " + path + " must be a text");
    };
  }

  private static List<Webhook> webhooks(
      @Nullable Object given, UnaryOperator<String> sources, String path) {
    if (given == null) {
      return List.of();
    }
    if (!(given instanceof List<?> list)) {
      throw ConfigReader.wrong(sources.apply(path) + ": " + path + " must be a list of objects");
    }
    var webhooks = new ArrayList<Webhook>();
    for (Object one : list) {
      webhooks.add(webhook(one, sources, path + "." + webhooks.size()));
    }
    return webhooks;
  }

  private static Webhook webhook(
      @Nullable Object given, UnaryOperator<String> sources, String path) {
    Map<String, @Nullable Object> fields = object(given, sources, path);
    var known = List.of("url", "events", "channelPrefix", "headers");
    for (String name : fields.keySet()) {
      if (!known.contains(name)) {
        throw ConfigReader.unknown(sources.apply(path), path + ".", name, known);
      }
    }
    try {
      return new Webhook(
          url(text(fields.get("url"))),
          kinds(fields.getOrDefault("events", List.of())),
          text(fields.getOrDefault("channelPrefix", "")),
          headers(fields.getOrDefault("headers", Map.of())));
    } catch (IllegalArgumentException e) {
      throw ConfigReader.wrong(sources.apply(path) + ": " + path + ": " + e.getMessage());
    }
  }

  private static String text(@Nullable Object given) {
    if (given instanceof String text) {
      return text;
    }
    throw new IllegalArgumentException("url and channelPrefix must be texts");
  }

  /** What is wrong with a URL never shows it: it is as good as a password with many receivers. */
  private static URI url(String text) {
    try {
      return new URI(text);
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(
          "url is no URL: " + e.getReason() + " at character " + e.getIndex(), e);
    }
  }

  private static Set<Webhook.Kind> kinds(@Nullable Object given) {
    if (!(given instanceof List<?> list)) {
      throw new IllegalArgumentException("events must be a list");
    }
    return list.stream().map(AppReader::kind).collect(Collectors.toSet());
  }

  private static Webhook.Kind kind(Object given) {
    return Arrays.stream(Webhook.Kind.values())
        .filter(kind -> kind.name().toLowerCase(Locale.ROOT).equals(given))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "events must be of "
                        + Arrays.toString(Webhook.Kind.values()).toLowerCase(Locale.ROOT)
                        + ", not "
                        + given));
  }

  private static Map<String, String> headers(@Nullable Object given) {
    if (!(given instanceof Map<?, ?> map)) {
      throw new IllegalArgumentException("headers must be an object of texts");
    }
    var headers = new LinkedHashMap<String, String>();
    map.forEach((name, value) -> headers.put(String.valueOf(name), text(value)));
    return headers;
  }

  private static Map<String, @Nullable Object> object(
      @Nullable Object given, UnaryOperator<String> sources, String path) {
    if (!(given instanceof Map<?, ?> map)) {
      throw ConfigReader.wrong(sources.apply(path) + ": " + path + " must be an object");
    }
    var fields = new LinkedHashMap<String, @Nullable Object>();
    map.forEach((name, value) -> fields.put(String.valueOf(name), value));
    return fields;
  }
}
