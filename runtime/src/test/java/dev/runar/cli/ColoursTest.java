package dev.runar.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(10)
class ColoursTest {
  private static final Colours ERR_IS_A_TERMINAL = new Colours(false, true);

  @Test
  void eachStreamIsDecidedApartUnlessTheEnvironmentSaysOtherwise() {
    assertThat(of(Map.of("TERM", "xterm"))).isEqualTo(ERR_IS_A_TERMINAL);
    assertThat(of(Map.of("NO_COLOR", ""))).isEqualTo(ERR_IS_A_TERMINAL);
    assertThat(of(Map.of("NO_COLOR", "1"))).isEqualTo(Colours.NONE);
    assertThat(of(Map.of("TERM", "dumb"))).isEqualTo(Colours.NONE);
    assertThat(of(Map.of("FORCE_COLOR", "0"))).isEqualTo(Colours.NONE);
    for (String on : new String[] {"", "1", "2", "3", "true"}) {
      assertThat(of(Map.of("FORCE_COLOR", on, "NO_COLOR", "1"))).isEqualTo(new Colours(true, true));
    }
  }

  private static Colours of(Map<String, String> environment) {
    return Colours.of(environment, ERR_IS_A_TERMINAL);
  }
}
