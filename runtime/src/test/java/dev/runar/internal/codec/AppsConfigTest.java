package dev.runar.internal.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.runar.Configuration;
import dev.runar.Configuration.Setting;
import dev.runar.Configuration.Sources;
import dev.runar.PortChoice;
import dev.runar.apps.App;
import dev.runar.apps.AppLimits;
import dev.runar.apps.MessageRate;
import dev.runar.apps.Secret;
import dev.runar.apps.Webhook;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AppsConfigTest {
  private static final Map<String, String> REVERB =
      Map.of(
          "REVERB_APP_ID", "42",
          "REVERB_APP_KEY", "laravel-key",
          "REVERB_APP_SECRET", "laravel-secret");

  @TempDir Path folder;

  private Sources file(String text) throws IOException {
    return Sources.NONE.withFile(Files.writeString(folder.resolve("runar.yaml"), text));
  }

  private static Setting setting(Configuration configuration, String key) {
    return configuration.settings().stream()
        .filter(setting -> setting.key().equals(key))
        .findFirst()
        .orElseThrow(() -> new AssertionError(key + " in " + configuration.settings()));
  }

  private static Map<String, String> reverb(String... more) {
    var environment = new HashMap<>(REVERB);
    for (int i = 0; i < more.length; i += 2) {
      environment.put(more[i], more[i + 1]);
    }
    return environment;
  }

  @Test
  void theFileListsAppsWithAllThatTheyAre() throws IOException {
    Configuration loaded =
        Configuration.load(
            file(
                """
                server:
                  pusher:
                    path: /realtime
                apps:
                  - id: 1
                    key: first-key
                    secret: first-secret
                  - id: second
                    key: second-key
                    secrets: [new, old]
                    enabled: false
                    tlsOnly: true
                    origins: ["*.example.com"]
                    clientEvents: none
                    subscriptionCounts: false
                    authorizedOnly: true
                    activityTimeout: 30000
                    pingTimeout: 10000
                    batchWebhooks: false
                    limits:
                      connections: 7
                      eventsPerSecond: 50
                    messageRate:
                      messages: 60
                      per: 1000
                      close: true
                    webhooks:
                      - url: https://example.com/hook
                        events: [member_added, cache_miss]
                        channelPrefix: presence-
                        headers: {x-token: t}
                """));

    assertThat(loaded.config().server().pusher().path()).isEqualTo("/realtime");
    assertThat(loaded.config().apps())
        .containsExactly(
            App.of("1", "first-key", "first-secret"),
            App.of("second", "second-key", "new")
                .withSecrets(List.of(new Secret("new"), new Secret("old")))
                .withEnabled(false)
                .withTlsOnly(true)
                .withOrigins(List.of("*.example.com"))
                .withClientEvents(App.ClientEvents.NONE)
                .withSubscriptionCounts(false)
                .withAuthorizedOnly(true)
                .withActivityTimeout(Duration.ofSeconds(30))
                .withPingTimeout(Duration.ofSeconds(10))
                .withBatchWebhooks(false)
                .withLimits(AppLimits.DEFAULT.withConnections(7).withEventsPerSecond(50))
                .withMessageRate(new MessageRate(60, Duration.ofSeconds(1), true))
                .withWebhooks(
                    List.of(
                        new Webhook(
                            URI.create("https://example.com/hook"),
                            Set.of(Webhook.Kind.MEMBER_ADDED, Webhook.Kind.CACHE_MISS),
                            "presence-",
                            Map.of("x-token", "t")))));
  }

  @Test
  void whatIsPrintedShowsNoSecret() throws IOException {
    Configuration loaded =
        Configuration.load(
            file(
                """
                server: {pusher: {database: {password: hidden}}}
                apps:
                  - {id: one, key: first-key, secret: hidden}
                  - id: two
                    key: second-key
                    secrets: [hidden, hidden-too]
                    webhooks: [{url: "https://hidden@example.com/hidden?hidden", headers: {x: hidden}}]
                """));

    assertThat(setting(loaded, "apps.0.key").shown()).isEqualTo("first-key");
    assertThat(setting(loaded, "apps.0.secret").shown()).isEqualTo("********");
    assertThat(setting(loaded, "apps.1.limits.connections").shown()).isEqualTo("0");
    assertThat(setting(loaded, "apps.1.webhooks.0.url").shown()).isEqualTo("https://example.com");
    assertThat(setting(loaded, "apps.1.webhooks.0.headers").shown()).isEqualTo("********");
    assertThat(loaded.settings()).noneMatch(setting -> setting.shown().contains("hidden"));
    assertThat(loaded.config().toString()).doesNotContain("hidden");
  }

  @Test
  void aVariableListsAppsToo() {
    Configuration loaded =
        Configuration.load(
            Sources.NONE.withEnvironment(
                Map.of("RUNAR_APPS", "[{\"id\":\"1\",\"key\":\"k\",\"secret\":\"s\"}]")));

    assertThat(loaded.config().apps()).containsExactly(App.of("1", "k", "s"));
    assertThat(setting(loaded, "apps.0.id").origin()).isEqualTo("RUNAR_APPS");
  }

  @Test
  void theVariablesOfReverbMakeAnApp() {
    Configuration loaded =
        Configuration.load(
            Sources.NONE.withEnvironment(
                reverb(
                    "REVERB_SERVER_HOST", "0.0.0.0",
                    "REVERB_SERVER_PORT", "8080",
                    "REVERB_SERVER_PATH", "realtime/",
                    "REVERB_MAX_REQUEST_SIZE", "10000",
                    "REVERB_SCALING_ENABLED", "false",
                    "REVERB_APP_PING_INTERVAL", "60",
                    "REVERB_APP_ACTIVITY_TIMEOUT", "30",
                    "REVERB_APP_MAX_CONNECTIONS", "500",
                    "REVERB_APP_MAX_MESSAGE_SIZE", "20000",
                    "REVERB_APP_ACCEPT_CLIENT_EVENTS_FROM", "all",
                    "REVERB_APP_RATE_LIMITING_ENABLED", "true",
                    "REVERB_APP_RATE_LIMIT_MAX_ATTEMPTS", "10",
                    "REVERB_APP_RATE_LIMIT_DECAY_SECONDS", "2",
                    "REVERB_APP_RATE_LIMIT_TERMINATE", "true",
                    "REVERB_ALLOWED_ORIGINS", "a.example.com, *.b.example.com",
                    "REVERB_HOST", "ws.example.com",
                    "REVERB_SCHEME", "https")));

    var server = loaded.config().server();
    assertThat(server.host()).isEqualTo("0.0.0.0");
    assertThat(server.port()).isEqualTo(new PortChoice.Fixed(8080));
    assertThat(server.pusher().path()).isEqualTo("/realtime");
    assertThat(server.pusher().requestBytes()).isEqualTo(10_000);
    assertThat(loaded.config().apps())
        .containsExactly(
            App.of("42", "laravel-key", "laravel-secret")
                .withPingTimeout(Duration.ofSeconds(60))
                .withActivityTimeout(Duration.ofSeconds(30))
                .withLimits(AppLimits.DEFAULT.withConnections(500).withMessageBytes(20_000))
                .withClientEvents(App.ClientEvents.ALL)
                .withMessageRate(new MessageRate(10, Duration.ofSeconds(2), true))
                .withOrigins(List.of("a.example.com", "*.b.example.com")));
    assertThat(setting(loaded, "server.port").origin()).isEqualTo("REVERB_SERVER_PORT");
    assertThat(setting(loaded, "apps.0.secret").origin()).isEqualTo("REVERB_APP_SECRET");
    assertThat(setting(loaded, "apps.0.secret").shown()).isEqualTo("********");
    assertThat(setting(loaded, "apps.0.limits.connections").origin())
        .isEqualTo("REVERB_APP_MAX_CONNECTIONS");
  }

  @Test
  void anAppOfReverbComesToThoseOfTheFile() throws IOException {
    Sources file =
        file(
            """
            server: {port: 1}
            apps:
              - {id: 42, key: old, secret: old}
              - {id: other, key: other, secret: other}
            """);

    Configuration loaded =
        Configuration.load(
            file.withEnvironment(
                reverb("REVERB_SERVER_PORT", "8080", "RUNAR_SERVER_PORT", "9090")));

    assertThat(loaded.config().apps())
        .containsExactly(
            App.of("other", "other", "other"), App.of("42", "laravel-key", "laravel-secret"));
    assertThat(setting(loaded, "server.port").origin()).isEqualTo("RUNAR_SERVER_PORT");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "REVERB_APP_SECRET|''|REVERB_APP_SECRET is missing: an app has REVERB_APP_ID",
        "REVERB_APP_MAX_CONNECTIONS|many|REVERB_APP_MAX_CONNECTIONS must be a whole number",
        "REVERB_APP_PING_INTERVAL|0|REVERB_APP_PING_INTERVAL: apps.0.pingTimeout must be above 0",
        "REVERB_APP_ACCEPT_CLIENT_EVENTS_FROM|some|apps.0.clientEvents must be one of none,"
            + " members",
        "REVERB_SCALING_ENABLED|true|REVERB_SCALING_ENABLED: this node cannot share",
        "REVERB_SERVER_PORT|99999|REVERB_SERVER_PORT: server.port must be"
      })
  void aWrongVariableOfReverbIsNamed(String variable, String value, String message) {
    assertThatThrownBy(
            () -> Configuration.load(Sources.NONE.withEnvironment(reverb(variable, value))))
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}|apps must be a list",
        "[1]|apps.0 must be an object",
        "[{key: k, secret: hidden}]|apps.0.id is missing",
        "[{id: a, key: k}]|apps.0.secret is missing",
        "[{id: a, key: k, secrets: []}]|apps.0.secrets must be at least one",
        "[{id: a, key: k, secret: ''}]|secrets must be at least one, and none may be empty",
        "[{id: a/b, key: k, secret: hidden}]|apps.0.id must be 1 to 100 of",
        "[{id: a, key: k, secret: {a: hidden}}]|apps.0.secret must be a text",
        "[{id: a, key: k, secret: hidden, secrets: [x]}]|has both secret and secrets",
        "[{id: a, key: k, secret: hidden, kee: 1}]|unknown key \"apps.0.kee\"; did you mean",
        "[{id: a, key: k, secret: hidden, limits: {connections: -1}}]|apps.0.limits.connections",
        "[{id: a, key: k, secret: hidden}, {id: a, key: l, secret: s}]|apps.1 has the id or the"
            + " key",
        "[{id: a, key: k, secret: hidden, webhooks: [{url: 'ftp://x'}]}]|url must be http:// or",
        "[{id: a, key: k, secret: hidden, webhooks: [{url: 'http://x', events: [x]}]}]|events must",
        "[{id: a, key: k, secret: s, webhooks: [{url: 'http://x/hidden path'}]}]|url is no URL",
        "[{id: a, key: k, secret: s, webhooks: [{url: 'http:/hidden'}]}]|and a host",
        "[{id: a, key: k, secret: s, webhooks: [{url: 'http://x', headers: {hOST: hidden}}]}]|"
            + "headers: hOST is set by the call itself",
        "[{id: a, key: k, secret: s, webhooks: [{url: 'http://x',"
            + " headers: {X-PUSHER-key: hidden}}]}]|headers: X-PUSHER-key is set by the call",
        "[{id: a, key: k, secret: s, webhooks: [{url: 'http://x', headers: {'a b': hidden}}]}]|"
            + "headers: \"a b\" is no name",
        "[{id: a, key: k, secret: s, webhooks: [{url: 'http://x',"
            + " headers: {a: \"hidden\\n\"}}]}]|headers: the value of a must be one line"
      })
  void aWrongAppIsNamedWithoutItsSecret(String apps, String message) throws IOException {
    Sources file = file("apps: " + apps);
    assertThatThrownBy(() -> Configuration.load(file))
        .hasMessageContaining("runar.yaml")
        .hasMessageContaining(message)
        .hasMessageNotContaining("hidden");
  }
}
