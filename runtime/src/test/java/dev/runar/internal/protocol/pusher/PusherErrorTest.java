package dev.runar.internal.protocol.pusher;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;
import org.junit.jupiter.api.Test;

class PusherErrorTest {
  private static List<String> within(IntPredicate range) {
    return Arrays.stream(PusherError.values())
        .filter(error -> range.test(error.code()))
        .map(Enum::name)
        .toList();
  }

  @Test
  void p11aCodeTellsAClientWhetherToComeBack() {
    assertThat(within(code -> code == 4000)).containsExactly("TLS_ONLY");
    assertThat(within(code -> code > 4000 && code < 4100))
        .as("stays away")
        .containsExactly(
            "UNKNOWN_APP",
            "APP_DISABLED",
            "OVER_QUOTA",
            "BAD_PATH",
            "BAD_VERSION",
            "UNSUPPORTED_PROTOCOL",
            "NO_PROTOCOL",
            "UNAUTHORIZED");
    assertThat(within(code -> code >= 4100 && code < 4200))
        .as("comes back after a second")
        .containsExactly("OVER_CAPACITY", "UNDECIDED");
    assertThat(within(code -> code >= 4200 && code < 4300))
        .as("comes back at once")
        .contains("RECONNECT", "NO_PONG");
  }
}
