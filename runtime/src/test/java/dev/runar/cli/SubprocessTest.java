package dev.runar.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a program of the project can do to the command that runs it. */
@Timeout(60)
class SubprocessTest {
  private static final Duration LONG = Duration.ofSeconds(50);

  private static Subprocess sh(String text, Duration patience) throws Exception {
    return Subprocess.run(List.of("/bin/sh", "-c", text), patience, 1_000);
  }

  @Test
  void itsOutputAndItsExitCodeAreTold() throws Exception {
    assertThat(sh("echo a; echo b >&2; exit 3", LONG)).isEqualTo(new Subprocess(3, "a\nb\n"));
  }

  @Test
  void moreThanIsKeptDoesNotHoldItUp() throws Exception {
    Subprocess done = sh("head -c 1000000 /dev/zero | tr '\\0' x; exit 4", LONG);
    assertThat(done.exitCode()).isEqualTo(4);
    assertThat(done.text()).isEqualTo("x".repeat(1_000));
  }

  @Test
  void oneThatIsSilentForTooLongIsKilledWithItsChildren() {
    assertThatThrownBy(() -> sh("sleep 50; echo never", Duration.ofMillis(300)))
        .isInstanceOfSatisfying(
            RunarException.class, e -> assertThat(e.code()).isEqualTo(Code.TIMEOUT))
        .hasMessageContaining("/bin/sh did not end within");
  }

  @Test
  void oneThatIsNotThereIsNamed() {
    assertThatThrownBy(() -> Subprocess.run(List.of("/not/here"), LONG, 10))
        .isInstanceOfSatisfying(
            RunarException.class, e -> assertThat(e.code()).isEqualTo(Code.NOT_FOUND))
        .hasMessageContaining("/not/here cannot be run");
  }
}
