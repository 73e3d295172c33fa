package dev.runar.internal.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.runar.Configuration;
import dev.runar.Configuration.Setting;
import dev.runar.Configuration.Sources;
import dev.runar.PortChoice;
import dev.runar.RunarException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigLayersTest {
  @TempDir Path folder;

  private Path file(String text) throws IOException {
    return Files.writeString(folder.resolve("runar.yaml"), text);
  }

  private static Setting setting(Configuration configuration, String key) {
    return configuration.settings().stream()
        .filter(setting -> setting.key().equals(key))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aFlagWinsOverTheEnvironmentAndThatOverTheFile() throws IOException {
    Path file =
        file(
            """
            requestTimeout: 5000
            server:
              port: 8080
              host: 0.0.0.0
            limits:
              contexts: 10
            """);

    Configuration loaded =
        Configuration.load(
            new Sources(
                java.util.Optional.of(file),
                Map.of("RUNAR_SERVER_PORT", "9090", "RUNAR_LIMITS_CONTEXTS", "20", "HOME", "/x"),
                Map.of("server.port", "0")));

    assertThat(loaded.config().server().port()).isEqualTo(new PortChoice.Fixed(0));
    assertThat(loaded.config().server().host()).isEqualTo("0.0.0.0");
    assertThat(loaded.config().limits().contexts()).isEqualTo(20);
    assertThat(loaded.config().requestTimeout()).isEqualTo(Duration.ofSeconds(5));
    assertThat(setting(loaded, "server.port"))
        .isEqualTo(new Setting("server.port", "0", "command line"));
    assertThat(setting(loaded, "limits.contexts"))
        .isEqualTo(new Setting("limits.contexts", "20", "RUNAR_LIMITS_CONTEXTS"));
    assertThat(setting(loaded, "server.host"))
        .isEqualTo(new Setting("server.host", "0.0.0.0", file.toString()));
    assertThat(setting(loaded, "drainTimeout"))
        .isEqualTo(new Setting("drainTimeout", "5000", "default"));
  }

  @Test
  void everyKeyCanBeSetByEveryTextSource() {
    for (ConfigKey key : ConfigKey.all()) {
      String text = key.textIn(dev.runar.NodeConfig.DEFAULT);
      if (text.isEmpty()) {
        continue; // a port that nobody has chosen
      }
      Configuration byVariable =
          Configuration.load(Sources.NONE.withEnvironment(Map.of(key.variable(), text)));
      Configuration byFlag = Configuration.load(Sources.NONE.withFlags(Map.of(key.path(), text)));

      assertThat(byVariable.config()).as(key.variable()).isEqualTo(byFlag.config());
      assertThat(setting(byVariable, key.path()).value()).isEqualTo(text);
      assertThat(setting(byVariable, key.path()).origin()).isEqualTo(key.variable());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "RUNAR_PERMISSIONS_NET | api.example.com, *.example.org:443 |"
            + " [api.example.com, *.example.org:443]",
        "RUNAR_PERMISSIONS_NET | [\"api.example.com\"] | [api.example.com]",
        "RUNAR_PERMISSIONS_NET | `` | []",
      })
  void aListIsWordsOrJson(String variable, String text, String hosts) {
    Configuration loaded = Configuration.load(Sources.NONE.withEnvironment(Map.of(variable, text)));
    assertThat(loaded.config().permissions().net()).hasToString(hosts);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "RUNAR_SERVER_PROT | 1 | environment: unknown variable RUNAR_SERVER_PROT; did you mean"
            + " RUNAR_SERVER_PORT?",
        "RUNAR_SERVER_PORT | x | RUNAR_SERVER_PORT: server.port must be a whole number, not x",
        "RUNAR_LIMITS_CONTEXTS | 0 | RUNAR_LIMITS_CONTEXTS: limits.contexts must be 1 to 100000,"
            + " it is 0",
        "RUNAR_REQUEST_TIMEOUT | -1 | RUNAR_REQUEST_TIMEOUT: requestTimeout must not be negative,"
            + " it is -1",
        "RUNAR_SUPERVISION_ON_DEATH | die | RUNAR_SUPERVISION_ON_DEATH: supervision.onDeath must be"
            + " one of restart, replay, stay, not die",
      })
  void aWrongVariableIsNamed(String variable, String text, String message) {
    assertThatThrownBy(
            () -> Configuration.load(Sources.NONE.withEnvironment(Map.of(variable, text))))
        .isInstanceOf(RunarException.class)
        .hasMessageStartingWith(message);
  }

  @Test
  void aWrongFlagIsNamed() {
    assertThatThrownBy(() -> Configuration.load(Sources.NONE.withFlags(Map.of("limit.x", "1"))))
        .hasMessageStartingWith("command line: unknown key \"limit.x\"");
    assertThatThrownBy(
            () -> Configuration.load(Sources.NONE.withFlags(Map.of("limits.context", "1"))))
        .hasMessageContaining("did you mean limits.contexts?");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "RUNAR_JAVA_OPTS",
        "RUNAR_SERVICE_HOST",
        "RUNAR_SERVICE_PORT_HTTP",
        "RUNAR_PORT",
        "RUNAR_PORT_80_TCP_ADDR"
      })
  void variablesOfTheLauncherAndOfKubernetesAreNotOurs(String name) {
    Configuration loaded =
        Configuration.load(Sources.NONE.withEnvironment(Map.of(name, "tcp://x")));
    assertThat(loaded.config()).isEqualTo(dev.runar.NodeConfig.DEFAULT);
  }

  @Test
  void aSecretIsNotShown() {
    assertThat(new Setting("auth.jwtSecret", "s3cr3t", "default").shown()).isEqualTo("********");
    assertThat(new Setting("auth.jwtSecret", "", "default").shown()).isEmpty();
    assertThat(new Setting("server.host", "::1", "default").shown()).isEqualTo("::1");
  }
}
