package dev.runar.internal.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.runar.internal.store.LogRecord.Append;
import dev.runar.internal.store.LogRecord.Remove;
import dev.runar.spi.Store.Damage;
import dev.runar.spi.Store.Loss;
import dev.runar.spi.StoreException;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of a log in which bytes, ends or whole files are damaged. */
@Timeout(120)
class SegmentedLogDamageTest extends SegmentedLogFixture {
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
