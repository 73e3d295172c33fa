package dev.runar.internal.codec;

import dev.runar.Payload;
import dev.runar.RunarException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the variables of Laravel Reverb mean here, so that a project moves over with the environment
 * that it has (docs/pusher-apps.md). Immutable.
 *
 * <p>They win over the file and lose to {@code RUNAR_…}. Their times are seconds, ours
 * milliseconds.
 */
final class ReverbVariables {
  private static final String APP_ID = "REVERB_APP_ID";
  private static final String APP_KEY = "REVERB_APP_KEY";
  private static final String APP_SECRET = "REVERB_APP_SECRET";

  private final Map<String, String> environment;
  private final Map<String, String> values = new LinkedHashMap<>();
  private final Map<String, String> origins = new LinkedHashMap<>();

  /**
   * Reads them.
   *
   * @param listed the apps of the file, as JSON; null: it has none
   * @throws RunarException {@code CONFIG}, naming the variable
   */
  ReverbVariables(Map<String, String> environment, @Nullable String listed) {
    this.environment = environment;
    put("server.host", "REVERB_SERVER_HOST");
    put("server.port", "REVERB_SERVER_PORT");
    put("server.pusher.requestBytes", "REVERB_MAX_REQUEST_SIZE");
    String path = given("REVERB_SERVER_PATH");
    if (path != null) {
      String name = path.replaceAll("^/+|/+$", "");
      values.put("server.pusher.path", name.isEmpty() ? "" : "/" + name);
      origins.put("server.pusher.path", "REVERB_SERVER_PATH");
    }
    if (flag("REVERB_SCALING_ENABLED")) {
      throw ConfigReader.wrong(
          "REVERB_SCALING_ENABLED: this node cannot share its channels with others over Redis;"
              + " set it to false and run one node");
    }
    List<?> apps = listed == null ? List.of() : (List<?>) Payload.json(listed).value();
    addApp(apps);
  }

  /** Texts by the path of their key. */
  Map<String, String> values() {
    return values;
  }

  /** The variables that values come from, by the path of a key, with those within apps. */
  Map<String, String> origins() {
    return origins;
  }

  private void put(String key, String variable) {
    String value = given(variable);
    if (value != null) {
      values.put(key, value);
      origins.put(key, variable);
    }
  }

  /** Laravel leaves what is not set empty. */
  private @Nullable String given(String variable) {
    String value = environment.get(variable);
    return value == null || value.isBlank() || value.equals("null") ? null : value.strip();
  }

  /** It takes the place of one with the same id. */
  private void addApp(List<?> listed) {
    String id = given(APP_ID);
    if (id == null && given(APP_KEY) == null && given(APP_SECRET) == null) {
      return;
    }
    for (String required : List.of(APP_ID, APP_KEY, APP_SECRET)) {
      if (given(required) == null) {
        throw ConfigReader.wrong(
            required + " is missing: an app has " + String.join(", ", APP_ID, APP_KEY, APP_SECRET));
      }
    }
    var apps = new ArrayList<@Nullable Object>();
    for (Object app : listed) {
      if (!(app instanceof Map<?, ?> map && String.valueOf(map.get("id")).equals(id))) {
        apps.add(app);
      }
    }
    String place = AppReader.KEY + "." + apps.size() + ".";
    apps.add(app(place));
    values.put(AppReader.KEY, ConfigKey.text(apps));
    origins.put(AppReader.KEY, APP_ID);
  }

  private Map<String, Object> app(String place) {
    var app = new LinkedHashMap<String, Object>();
    add(app, place, "id", APP_ID, given(APP_ID));
    add(app, place, "key", APP_KEY, given(APP_KEY));
    add(app, place, "secret", APP_SECRET, given(APP_SECRET));
    add(app, place, "activityTimeout", "REVERB_APP_ACTIVITY_TIMEOUT", 1_000);
    add(app, place, "pingTimeout", "REVERB_APP_PING_INTERVAL", 1_000);
    String clientEvents = "REVERB_APP_ACCEPT_CLIENT_EVENTS_FROM";
    add(app, place, "clientEvents", clientEvents, given(clientEvents));
    String origins = given("REVERB_ALLOWED_ORIGINS");
    if (origins != null) {
      List<String> hosts = Arrays.stream(origins.split(",", -1)).map(String::strip).toList();
      add(app, place, "origins", "REVERB_ALLOWED_ORIGINS", hosts);
    }
    var limits = new LinkedHashMap<String, Object>();
    add(limits, place + "limits.", "connections", "REVERB_APP_MAX_CONNECTIONS", 1);
    add(limits, place + "limits.", "messageBytes", "REVERB_APP_MAX_MESSAGE_SIZE", 1);
    app.put("limits", limits);
    if (flag("REVERB_APP_RATE_LIMITING_ENABLED")) {
      app.put("messageRate", messageRate(place + "messageRate."));
    }
    return app;
  }

  private Map<String, Object> messageRate(String place) {
    var rate = new LinkedHashMap<String, Object>(Map.of("messages", 60));
    add(rate, place, "messages", "REVERB_APP_RATE_LIMIT_MAX_ATTEMPTS", 1);
    add(rate, place, "per", "REVERB_APP_RATE_LIMIT_DECAY_SECONDS", 1_000);
    rate.put("close", flag("REVERB_APP_RATE_LIMIT_TERMINATE"));
    origins.put(place + "close", "REVERB_APP_RATE_LIMIT_TERMINATE");
    return rate;
  }

  private void add(
      Map<String, Object> to, String place, String name, String variable, @Nullable Object value) {
    if (value != null) {
      to.put(name, value);
      origins.put(place + name, variable);
    }
  }

  private void add(Map<String, Object> to, String place, String name, String variable, int unit) {
    String text = given(variable);
    if (text == null) {
      return;
    }
    try {
      add(to, place, name, variable, (Object) Math.multiplyExact(Integer.parseInt(text), unit));
    } catch (NumberFormatException | ArithmeticException e) {
      throw new RunarException(
          RunarException.Code.CONFIG, variable + " must be a whole number, it is " + text, e);
    }
  }

  private boolean flag(String variable) {
    String text = given(variable);
    return text != null && text.matches("(?i)true|\\(true\\)|1|on|yes");
  }
}
