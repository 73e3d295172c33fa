package dev.runar.path;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * J2 of the list of faults: a script that fills the heap is ended, and its neighbour does not
 * notice. Each kind of hog once; with {@code -Drunar.hogs=all} 64 hogs and 1,000 loops, where the
 * times are asserted too.
 */
@Timeout(value = 20, unit = TimeUnit.MINUTES)
class MemoryFenceTest {
  private static final boolean ALL = "all".equals(System.getProperty("runar.hogs"));

  @TempDir Path folder;

  @Test
  void j2HogsAndLoopsInOneJvmAreEndedAndTheNeighbourDoesNotNotice()
      throws IOException, InterruptedException {
    int hogs = ALL ? 64 : MemoryHogs.HOGS.size();
    int loops = ALL ? 1_000 : 10;
    String line = run(hogs, loops);
    assertThat(number(line, "hogsEnded")).as(line).isEqualTo(hogs);
    assertThat(number(line, "loopsEnded")).as(line).isEqualTo(loops);
    assertThat(number(line, "neighbourErrors")).as(line).isZero();
    assertThat(number(line, "heapAfterMiB")).as(line).isLessThan(100);
    if (ALL) {
      assertThat(number(line, "p99ms")).as(line).isLessThan(50);
    }
  }

  private String run(int hogs, int loops) throws IOException, InterruptedException {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-Xmx400m",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-cp",
            System.getProperty("java.class.path"),
            MemoryHogs.class.getName(),
            folder.toString(),
            String.valueOf(hogs),
            String.valueOf(loops)));
    File errors = folder.resolve("stderr").toFile();
    Process child = new ProcessBuilder(command).redirectError(errors).start();
    try {
      String out = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(child.waitFor()).as(java.nio.file.Files.readString(errors.toPath())).isZero();
      return out.lines().filter(each -> each.startsWith("hogsEnded=")).findFirst().orElseThrow();
    } finally {
      child.destroyForcibly();
    }
  }

  private static long number(String line, String key) {
    var matcher = Pattern.compile("\\b" + key + "=(\\d+)").matcher(line);
    assertThat(matcher.find()).as(line).isTrue();
    return Long.parseLong(matcher.group(1));
  }
}
