package dev.runar.internal.codec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.NodeConfig;
import org.junit.jupiter.api.Test;

class ConfigReaderTest {
  private static NodeConfig withPort(int port) {
    return NodeConfig.DEFAULT.withServer(NodeConfig.DEFAULT.server().withPort(port));
  }

  @Test
  void theScriptFillsInWhatTheProgramLeftAtItsDefault() {
    NodeConfig script = ConfigReader.readJson("{\"server\":{\"port\":8080}}", "test");

    assertThat(ConfigReader.fill(NodeConfig.DEFAULT, script).server().port()).isEqualTo(8080);
    assertThat(ConfigReader.fill(withPort(9), script).server().port()).isEqualTo(9);
    assertThat(ConfigReader.fill(withPort(0), script).server().port()).isEqualTo(0);
  }

  @Test
  void aPortLeftToTheScriptIsTheScriptsOrStaysOpen() {
    NodeConfig left = withPort(NodeConfig.Server.PORT_OF_SCRIPT);
    NodeConfig script = ConfigReader.readJson("{\"server\":{\"port\":8080}}", "test");

    assertThat(ConfigReader.fill(left, script).server().port()).isEqualTo(8080);
    assertThat(ConfigReader.fill(left, NodeConfig.DEFAULT).server().port())
        .isEqualTo(NodeConfig.Server.PORT_OF_SCRIPT);
  }
}
