package dev.runar.internal.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.runar.internal.store.LogRecord.Append;
import dev.runar.internal.store.LogRecord.Remove;
import dev.runar.spi.Store.Damage;
import dev.runar.spi.Store.Loss;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The log on a disk that loses power, fails and rots. */
@Timeout(120)
class SegmentedLogTest extends SegmentedLogFixture {
  /** Many lives of a store that loses power, with a disk that fails now and then. */
  @Test
  void afterEveryLossOfPowerAllThatWasAcknowledgedIsThere() throws IOException {
    int failures = 0;
    int restarts = 0;
    int torn = 0;
    int seeds = Integer.getInteger("runar.store.seeds", 300);
    for (long seed = 0; seed < seeds; seed++) {
      var life = new Life(seed);
      life.run();
      failures += life.failures;
      restarts += life.restarts;
      torn += life.torn;
    }
    assertThat(restarts).isEqualTo(6 * seeds);
    assertThat(failures).isGreaterThan(seeds);
    assertThat(torn).isGreaterThan(seeds / 10);
  }

  /** One disk, one model of what must be on it. */
  private final class Life {
    final long seed;
    final Random random;
    final SimulatedFiles files;
    final Map<String, Map<Long, String>> model = new HashMap<>();
    final Set<String> maybeThere = new HashSet<>();
    final Set<String> maybeGone = new HashSet<>();
    int failures;
    int restarts;
    int torn;
    int written;

    Life(long seed) {
      this.seed = seed;
      this.random = new Random(seed);
      this.files = new SimulatedFiles(seed);
    }

    void run() throws IOException {
      for (int round = 0; round < 5; round++) {
        SegmentedLog log = openAndCheck();
        int groups = random.nextInt(30);
        for (int i = 0; i < groups; i++) {
          if (random.nextInt(10) == 0) {
            files.failFrom = files.calls + 1 + random.nextInt(4);
            files.failures = 1 + random.nextInt(6);
          }
          group(log);
          compact(log);
        }
        if (random.nextInt(5) == 0) {
          files.failures = 0;
          log.close();
        }
        files.failures = 0;
        if (random.nextInt(3) > 0) {
          files.crash();
        }
      }
      openAndCheck();
    }

    private SegmentedLog openAndCheck() throws IOException {
      found.clear();
      SegmentedLog log = open(files, 600);
      restarts++;
      for (Damage damage : log.recovered().damages()) {
        assertThat(damage.loss()).as("seed %d: %s", seed, damage).isEqualTo(Loss.TORN);
        torn++;
      }
      for (String queue : List.of("a", "b")) {
        Map<Long, String> wanted = model.computeIfAbsent(queue, first -> new TreeMap<>());
        Map<Long, String> there = contents(log, queue);
        wanted.forEach(
            (id, text) -> {
              if (!maybeGone.contains(text)) {
                assertThat(there).as("seed %d, queue %s", seed, queue).containsEntry(id, text);
              }
            });
        there.forEach(
            (id, text) -> {
              if (!maybeThere.contains(text)) {
                assertThat(wanted).as("seed %d, queue %s", seed, queue).containsEntry(id, text);
              }
            });
        model.put(queue, there);
      }
      maybeThere.clear();
      maybeGone.clear();
      return log;
    }

    private void group(SegmentedLog log) {
      var records = new ArrayList<LogRecord>();
      for (int i = 1 + random.nextInt(4); i > 0; i--) {
        String queue = random.nextBoolean() ? "a" : "b";
        Map<Long, String> waiting = model.get(queue);
        if (random.nextInt(3) > 0 || waiting.isEmpty()) {
          records.add(append(queue, seed + "/" + written++ + "x".repeat(random.nextInt(80))));
        } else {
          long id = List.copyOf(waiting.keySet()).get(random.nextInt(waiting.size()));
          records.add(new Remove(queue, List.of(id)));
        }
      }
      try {
        acknowledged(records, log.write(records));
      } catch (IOException e) {
        failures++;
        records.forEach(this::unknown);
      }
      for (String queue : List.of("a", "b")) {
        assertThat(contents(log, queue)).as("seed %d", seed).isEqualTo(model.get(queue));
      }
    }

    private void acknowledged(List<LogRecord> records, long number) {
      for (int i = 0; i < records.size(); i++) {
        if (records.get(i) instanceof Append append) {
          String text = new String(append.body(), UTF_8);
          model.get(append.queues().get(0)).put(number + i, text);
        } else if (records.get(i) instanceof Remove remove) {
          model.get(remove.queue()).remove(remove.ids().get(0));
        }
      }
    }

    private void unknown(LogRecord record) {
      if (record instanceof Append append) {
        maybeThere.add(new String(append.body(), UTF_8));
      } else if (record instanceof Remove remove) {
        maybeGone.add(model.get(remove.queue()).get(remove.ids().get(0)));
      }
    }

    private void compact(SegmentedLog log) {
      try {
        if (log.wantsCompaction()) {
          var _ = log.compact();
        }
      } catch (IOException e) {
        failures++;
      }
    }
  }

  /** Every call of a disk fails once, then all of them from it on, then space is there again. */
  @Test
  void aDiskThatFailsAtAnyCallLosesNothing() throws IOException {
    for (int lasting : new int[] {1, 2, 1_000}) {
      for (int call = 1; call < 60; call++) {
        var files = new SimulatedFiles(call);
        SegmentedLog log = open(files, 300);
        files.failFrom = call;
        files.failures = lasting;
        var model = new TreeMap<Long, String>();
        int refused = 0;
        for (int i = 0; i < 20; i++) {
          String text = "text " + i;
          try {
            model.put(log.write(List.of(append("q", text))), text);
          } catch (IOException e) {
            refused++;
          }
          assertThat(contents(log, "q")).isEqualTo(model);
        }
        if (lasting != 2) { // two may hit one group twice, or a group and a clean-up
          assertThat(refused > 0).as("call %d", call).isEqualTo(lasting > 2);
        }
        files.failures = 0;
        model.put(log.write(List.of(append("q", "at last"))), "at last");
        files.crash();
        assertThat(contents(open(files, 300), "q")).isEqualTo(model);
      }
    }
  }

  @Test
  void aFaultOfTheNodeLetsNoNumberMeanTwoThings() throws IOException {
    var files = new SimulatedFiles(1);
    SegmentedLog log = open(files, 100_000);
    long one = log.write(List.of(append("q", "one")));
    files.isFaulty = true;
    assertThatThrownBy(() -> log.write(List.of(append("q", "two"))))
        .isInstanceOf(IllegalStateException.class);
    files.isFaulty = false;
    long three = log.write(List.of(append("q", "three")));

    var wanted = Map.of(one, "one", three, "three");
    assertThat(contents(log, "q")).isEqualTo(wanted);
    files.crash();
    SegmentedLog again = open(files, 100_000);
    assertThat(contents(again, "q")).isEqualTo(wanted);
    assertThat(again.recovered().damages()).isEmpty();
  }
}
