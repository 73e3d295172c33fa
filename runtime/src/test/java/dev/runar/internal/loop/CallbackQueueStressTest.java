package dev.runar.internal.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Runs {@link CallbackQueueStress} under jcstress, which forks its own JVMs. */
class CallbackQueueStressTest {
  @TempDir Path folder;

  @Test
  @Timeout(240)
  void noForbiddenOutcomeIsSeen() throws Exception {
    Path log = folder.resolve("jcstress.log");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "org.openjdk.jcstress.Main",
                "-t",
                "CallbackQueueStress",
                "-m",
                "sanity",
                "-time",
                "300",
                "-c",
                "2",
                "-sc",
                "false")
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    try {
      assertThat(process.waitFor(220, TimeUnit.SECONDS)).isTrue();
      String output = java.nio.file.Files.readString(log);
      assertThat(process.exitValue()).as(output).isZero();
      assertThat(output)
          .contains("Failed tests: No matches", "Error tests: No matches")
          .contains("2 matching test results");
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }
}
