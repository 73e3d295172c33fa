package dev.runar.internal.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.runar.NodeConfig;
import dev.runar.PortChoice;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class ConfigReaderTest {
  private static final NodeConfig SCRIPT =
      ConfigReader.readJson("{\"server\":{\"port\":8080}}", "test");
  private static final NodeConfig SILENT_SCRIPT = ConfigReader.readJson("{}", "test");

  private static PortChoice filled(PortChoice host, NodeConfig script) {
    NodeConfig config = NodeConfig.DEFAULT.withServer(NodeConfig.DEFAULT.server().withPort(host));
    return ConfigReader.fill(config, script).server().port();
  }

  @Test
  void theScriptNamesThePortThatTheProgramLeftToIt() {
    PortChoice left = NodeConfig.DEFAULT.server().port();
    PortChoice leftOr3000 = new PortChoice.OfScript(OptionalInt.of(3000));

    assertThat(filled(left, SCRIPT)).isEqualTo(new PortChoice.Fixed(8080));
    assertThat(filled(left, SILENT_SCRIPT)).isEqualTo(left);
    assertThat(left.number()).isEmpty();
    assertThat(filled(leftOr3000, SCRIPT)).isEqualTo(new PortChoice.Fixed(8080));
    assertThat(filled(leftOr3000, SILENT_SCRIPT).number()).hasValue(3000);
  }

  @Test
  void aPortOrNoneThatTheProgramHasDecidedOnStays() {
    for (int decided : new int[] {-1, 0, 9}) {
      PortChoice choice = PortChoice.of(decided);
      assertThat(filled(choice, SCRIPT)).isEqualTo(choice);
      assertThat(filled(choice, SILENT_SCRIPT)).isEqualTo(choice);
    }
  }

  @Test
  void aScriptMayNameNoPort() {
    NodeConfig none = ConfigReader.readJson("{\"server\":{\"port\":-1}}", "test");
    assertThat(filled(new PortChoice.OfScript(OptionalInt.of(3000)), none))
        .isEqualTo(new PortChoice.None());
  }

  @Test
  void aPortThatIsNoneIsRefused() {
    for (String wrong : new String[] {"-2", "65536", "\"80\"", "1.5", "null"}) {
      assertThatThrownBy(
              () -> ConfigReader.readJson("{\"server\":{\"port\":" + wrong + "}}", "test"))
          .hasMessageContaining("test: server.port must be");
    }
  }
}
