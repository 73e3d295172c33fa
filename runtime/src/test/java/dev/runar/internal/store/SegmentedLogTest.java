package dev.runar.internal.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.runar.internal.store.LogRecord.Append;
import dev.runar.internal.store.LogRecord.Remove;
import dev.runar.spi.Store.Damage;
import dev.runar.spi.Store.Level;
import dev.runar.spi.Store.Loss;
import dev.runar.spi.StoreException;
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
class SegmentedLogTest {
  private static final long SALT = 0x1234_5678_9abc_def0L;

  private final List<Damage> found = new ArrayList<>();

  private SegmentedLog open(SimulatedFiles files, int segmentBytes) throws IOException {
    var setup = new SegmentedLog.Setup(files, Level.SYNCED, segmentBytes, SALT, found::add);
    return new SegmentedLog(setup, new LogIndex());
  }

  private static Append append(String queue, String text) {
    return new Append(List.of(queue), text.getBytes(UTF_8));
  }

  /** What is in a queue by ids; a damaged body is null. */
  private static Map<Long, String> contents(SegmentedLog log, String queue) {
    var contents = new TreeMap<Long, String>();
    for (LogIndex.Place place : log.index().retain(queue, 0, 1_000_000)) {
      byte[] body =
          place.damagedAt() != null
              ? null
              : SegmentedLog.body(place.segment(), place.position(), place.length());
      contents.put(place.id(), body == null ? null : new String(body, UTF_8));
    }
    return contents;
  }

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

  /** A log of some 20 kB in several segments, with removals, copies and a part that is gone. */
  private SimulatedFiles log(Map<String, Map<Long, String>> model, boolean isClosed)
      throws IOException {
    var files = new SimulatedFiles(1);
    SegmentedLog log = open(files, 5_000);
    var random = new Random(7);
    for (int i = 0; i < 240; i++) {
      String queue = "queue" + i % 3;
      String text = "message " + i + " " + "y".repeat(random.nextInt(60));
      long id = log.write(List.of(append(queue, text)));
      model.computeIfAbsent(queue, first -> new TreeMap<>()).put(id, text);
      if (i % 5 != 0) {
        Map<Long, String> waiting = model.get(queue);
        long gone = waiting.keySet().iterator().next();
        if (i % 4 != 0 || i < 30) {
          waiting.remove(gone);
          long _ = log.write(List.of(new Remove(queue, List.of(gone))));
        }
      }
      if (log.wantsCompaction()) {
        var _ = log.compact();
      }
    }
    if (isClosed) {
      log.close();
    }
    return files;
  }

  @Test
  void noFlippedByteGivesAWrongMessageOrHidesOne() throws IOException {
    for (boolean isClosed : new boolean[] {true, false}) {
      var model = new HashMap<String, Map<Long, String>>();
      SimulatedFiles files = log(model, isClosed);
      var tally = new Tally();
      int step = isClosed ? 1 : 5;
      for (String name : files.names()) {
        byte[] bytes = files.bytes(name);
        for (int i = 0; i < bytes.length; i += step) {
          byte[] flipped = bytes.clone();
          flipped[i] ^= (byte) (1 << (i * 7 % 8));
          files.replace(name, flipped);
          tally.check(open(files, 5_000), model, name + ":" + i);
        }
        files.replace(name, bytes);
      }
      assertThat(tally.opened).isGreaterThan(15_000 / step);
      assertThat(tally.mostMissing).isEqualTo(1);
      assertThat(tally.damagedEntries).isGreaterThan(2_000 / step);
      assertThat(tally.reports).isGreaterThan(12_000 / step);
    }
  }

  @Test
  void noFileThatEndsTooEarlyHidesAMessage() throws IOException {
    var model = new HashMap<String, Map<Long, String>>();
    SimulatedFiles files = log(model, true);
    for (String name : files.names()) {
      byte[] bytes = files.bytes(name);
      for (int i = 0; i < bytes.length; i += 3) {
        files.replace(name, java.util.Arrays.copyOf(bytes, i));
        new Tally().check(open(files, 5_000), model, name + " of " + i);
      }
      files.replace(name, bytes);
    }
  }

  @Test
  void noFileThatIsGoneIsOverlooked() throws IOException {
    var model = new HashMap<String, Map<Long, String>>();
    SimulatedFiles files = log(model, true);
    assertThat(files.names().size()).isGreaterThan(3);
    for (String name : files.names()) {
      byte[] bytes = files.bytes(name);
      files.lose(name);
      SegmentedLog log = open(files, 5_000);
      new Tally().check(log, model, name + " gone");
      boolean isLast = name.equals(files.names().stream().sorted().toList().getLast());
      if (!isLast && bytes.length > SegmentHeader.SIZE) {
        boolean isTold = !log.recovered().damages().isEmpty() || !log.recovered().wasClosed();
        assertThat(isTold).isTrue();
      }
      files.replace(name, bytes);
    }
  }

  /** What became of a log in which something is damaged. */
  private static final class Tally {
    int opened;
    int mostMissing;
    int damagedEntries;
    int reports;

    void check(SegmentedLog log, Map<String, Map<Long, String>> model, String what) {
      opened++;
      int missing = 0;
      int extra = 0;
      List<Damage> damages = log.recovered().damages();
      reports += damages.isEmpty() ? 0 : 1;
      for (var queue : model.entrySet()) {
        Map<Long, String> there = contents(log, queue.getKey());
        for (var wanted : queue.getValue().entrySet()) {
          if (!there.containsKey(wanted.getKey())) {
            missing++;
          } else if (there.get(wanted.getKey()) == null) {
            damagedEntries++;
          } else {
            assertThat(there.get(wanted.getKey())).as(what).isEqualTo(wanted.getValue());
          }
        }
        for (Long id : there.keySet()) {
          extra += queue.getValue().containsKey(id) ? 0 : 1; // its removal was lost
        }
      }
      if (missing + extra > 0) {
        boolean isTold = !damages.isEmpty() || !log.recovered().wasClosed();
        assertThat(isTold).as("%s: %d missing, %d came back", what, missing, extra).isTrue();
      }
      mostMissing = Math.max(mostMissing, missing);
    }
  }

  @Test
  void aDamagedRecordIsNamedAndTheRestIsRead() throws IOException {
    var files = new SimulatedFiles(1);
    SegmentedLog log = open(files, 100_000);
    for (String text : List.of("one", "two", "three")) {
      long _ = log.write(List.of(append("q", text)));
    }
    log.close();
    byte[] bytes = files.bytes("0000000000000001.log");
    int second = SegmentHeader.SIZE + RecordForm.size(append("q", "one"));
    bytes[second] ^= 1;
    files.replace("0000000000000001.log", bytes);

    SegmentedLog again = open(files, 100_000);
    assertThat(contents(again, "q"))
        .containsExactlyInAnyOrderEntriesOf(Map.of(1L, "one", 3L, "three"));
    assertThat(again.recovered().damages())
        .containsExactly(
            new Damage(Loss.DAMAGED, "simulated/0000000000000001.log:" + second, 2, 2, Set.of()));
  }

  @Test
  void aTornEndIsCutAndToldOnce() throws IOException {
    var files = new SimulatedFiles(1);
    SegmentedLog log = open(files, 100_000);
    long _ = log.write(List.of(append("q", "one")));
    long _ = log.write(List.of(append("q", "two")));
    byte[] bytes = files.bytes("0000000000000001.log");
    files.replace("0000000000000001.log", java.util.Arrays.copyOf(bytes, bytes.length - 3));

    SegmentedLog again = open(files, 100_000);
    assertThat(again.recovered().wasClosed()).isFalse();
    assertThat(again.recovered().damages())
        .singleElement()
        .satisfies(
            damage -> {
              assertThat(damage.loss()).isEqualTo(Loss.TORN);
              assertThat(damage.first()).isEqualTo(2);
            });
    long _ = again.write(List.of(append("q", "three")));
    again.close();
    SegmentedLog third = open(files, 100_000);
    assertThat(third.recovered().damages()).isEmpty();
    assertThat(contents(third, "q")).containsValue("one").containsValue("three");
  }

  @Test
  void aCopyOfARecordInABodyIsNoRecord() throws IOException {
    var files = new SimulatedFiles(1);
    SegmentedLog log = open(files, 100_000);
    long _ = log.write(List.of(append("q", "one")));
    byte[] bytes = files.bytes("0000000000000001.log");
    byte[] copy = java.util.Arrays.copyOfRange(bytes, SegmentHeader.SIZE, bytes.length);
    long _ = log.write(List.of(new Append(List.of("q"), copy)));
    log.close();
    bytes = files.bytes("0000000000000001.log");
    bytes[SegmentHeader.SIZE + copy.length + 1] ^= 1; // the head of the second one
    files.replace("0000000000000001.log", bytes);
    assertThat(contents(open(files, 100_000), "q")).isEqualTo(Map.of(1L, "one"));
  }

  @Test
  void filesOfTwoStoresAreRefused() throws IOException {
    var files = new SimulatedFiles(1);
    SegmentedLog log = open(files, 100_000);
    long _ = log.write(List.of(append("q", "one")));
    files.replace(SegmentHeader.fileName(9), new SegmentHeader(SALT + 1, 9, 20, 1).bytes());
    assertThatThrownBy(() -> open(files, 100_000))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("two stores");
  }
}
