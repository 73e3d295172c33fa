package dev.runar.internal.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.internal.store.LogStore.Options;
import dev.runar.spi.Store;
import dev.runar.spi.Store.Entry;
import dev.runar.spi.Store.Level;
import dev.runar.spi.Store.Loss;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real process, killed at random instants: 20 times, or as often as the property {@code
 * runar.store.kills} says.
 */
@Timeout(600)
class StoreKillTest {
  @TempDir Path folder;

  /** Number to id of what was acknowledged and not seen to be removed. */
  private final Map<Long, Long> kept = new HashMap<>();

  private final Set<Long> removed = new HashSet<>();
  private final Random random = new Random(1);
  private long next = 1;
  private int acknowledged;

  @Test
  void nothingAcknowledgedIsLostWhenTheProcessIsKilled() throws Exception {
    int kills = Integer.getInteger("runar.store.kills", 20);
    for (int i = 0; i < kills; i++) {
      live();
      check();
    }
    System.out.printf("%d kills, %d acknowledged, %d kept%n", kills, acknowledged, kept.size());
    assertThat(acknowledged).isGreaterThan(kills * 50);
  }

  private void live() throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xshare:auto",
                "-cp",
                classPath(),
                StoreProcess.class.getName(),
                folder.resolve("store").toString(),
                Long.toString(next))
            .redirectError(folder.resolve("errors.txt").toFile())
            .start();
    long lines = random.nextInt(600);
    try (var out =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII))) {
      for (long i = 0; i < lines; i++) {
        String line = out.readLine();
        assertThat(line).as("the process died: %s", errors()).isNotNull();
        read(line);
      }
      boolean _ = process.toHandle().destroyForcibly(); // SIGKILL
      out.lines().filter(StoreKillTest::isWhole).forEach(this::read);
    }
    assertThat(process.waitFor()).isEqualTo(137);
    next += 1_000_000; // what was not acknowledged may be there: its number is not used again
  }

  private String errors() throws IOException {
    return Files.readString(folder.resolve("errors.txt"));
  }

  /** The last one may have been cut off. */
  private static boolean isWhole(String line) {
    return line.endsWith(".");
  }

  private void read(String line) {
    String[] words = line.substring(1).split(" ");
    long number = Long.parseLong(words[0]);
    if (line.charAt(0) == '+' && words.length == 3) {
      acknowledged++;
      kept.put(number, Long.parseLong(words[1]));
    } else if (line.charAt(0) == '-') {
      kept.remove(number);
      removed.add(number);
    }
  }

  private void check() {
    try (Store store =
        LogStore.open(
            folder.resolve("store"), new Options(Level.SYNCED, StoreBounds.DEFAULT, 200_000))) {
      var there = new HashSet<Long>();
      long before = 0;
      for (Entry entry : store.read("q", 0, 10_000_000)) {
        assertThat(entry.id()).isGreaterThan(before);
        before = entry.id();
        byte[] body = ((Entry.Whole) entry).body();
        long number = ByteBuffer.wrap(body).getLong();
        assertThat(body).isEqualTo(StoreProcess.body(number));
        there.add(number);
      }
      kept.keySet().removeIf(number -> number % 3 != 0 && !there.contains(number)); // being removed
      var lost = new HashSet<>(kept.keySet());
      lost.removeAll(there);
      assertThat(lost).isEmpty();
      assertThat(Collections.disjoint(there, removed)).as("a removed one came back").isTrue();
      assertThat(store.findings().damages()).allMatch(damage -> damage.loss() == Loss.TORN);
    }
  }

  /** Only what the process needs: a long class path takes time to open. */
  private static String classPath() {
    return List.of(StoreProcess.class, LogStore.class).stream()
        .map(type -> type.getProtectionDomain().getCodeSource().getLocation().getPath())
        .distinct()
        .reduce((a, b) -> a + System.getProperty("path.separator") + b)
        .orElseThrow();
  }
}
