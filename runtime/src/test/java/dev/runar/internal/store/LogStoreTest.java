package dev.runar.internal.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.internal.store.LogStore.Options;
import dev.runar.spi.Store;
import dev.runar.spi.Store.Level;
import dev.runar.spi.Store.Loss;
import dev.runar.spi.StoreException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogStoreTest extends StoreContract {
  @TempDir Path folder;
  private int opened;

  @Override
  Store open(StoreBounds bounds) {
    opened++;
    return LogStore.open(
        folder.resolve("store" + opened), new Options(Level.SYNCED, bounds, 16 << 20));
  }

  private Store at(String name, int segmentBytes) {
    return LogStore.open(
        folder.resolve(name), new Options(Level.SYNCED, StoreBounds.DEFAULT, segmentBytes));
  }

  @Test
  void entriesAndRemovalsSurviveARestart() {
    long removed;
    try (Store store = at("a", 1 << 20)) {
      removed = store.append(List.of("q", "r"), body("a")).join().id();
      long _ = store.append(List.of("q"), body("b")).join().id();
      assertThat(store.remove("q", List.of(removed)).join()).isEqualTo(Level.SYNCED);
    }
    try (Store store = at("a", 1 << 20)) {
      assertThat(texts(store, "q")).containsExactly("b");
      assertThat(texts(store, "r")).containsExactly("a");
      assertThat(ids(store, "r")).containsExactly(removed);
      assertThat(store.findings()).isEqualTo(new Store.Findings(true, List.of()));
      long next = store.append(List.of("q"), body("c")).join().id();
      assertThat(next).isGreaterThan(removed + 1);
    }
  }

  @Test
  void theNextLevelBelowIsNamed() {
    var options = new Options(Level.WRITTEN, StoreBounds.DEFAULT, 1 << 20);
    try (Store store = LogStore.open(folder.resolve("w"), options)) {
      assertThat(store.append(List.of("q"), body("a")).join().level()).isEqualTo(Level.WRITTEN);
    }
    try (Store store = at("w", 1 << 20)) {
      assertThat(texts(store, "q")).containsExactly("a");
    }
  }

  @Test
  void aFolderBelongsToOneNode() {
    try (Store _ = at("a", 1 << 20)) {
      assertRefused(() -> at("a", 1 << 20).close(), Reason.FAILED);
    }
    at("a", 1 << 20).close();
  }

  @Test
  void segmentsGoWhenNothingInThemWaits() throws IOException {
    try (Store store = at("a", 10_000)) {
      long kept = store.append(List.of("kept"), body("for ever")).join().id();
      for (int round = 0; round < 50; round++) {
        var ids = new ArrayList<Long>();
        for (int i = 0; i < 20; i++) {
          ids.add(store.append(List.of("q"), new byte[200]).join().id());
        }
        var _ = store.remove("q", ids).join();
      }
      assertThat(ids(store, "kept")).containsExactly(kept);
      assertThat(files("a")).isLessThan(8);
    }
    try (Store store = at("a", 10_000)) {
      assertThat(texts(store, "kept")).containsExactly("for ever");
      assertThat(store.queues()).containsExactly("kept");
      assertThat(store.findings().damages()).isEmpty();
    }
  }

  @Test
  void manyRestartsLeaveFewFiles() throws IOException {
    for (int i = 0; i < 60; i++) {
      try (Store store = at("a", 10_000)) {
        long _ = store.append(List.of("q"), body("" + i)).join().id();
      }
    }
    assertThat(files("a")).isLessThan(20);
    try (Store store = at("a", 10_000)) {
      assertThat(texts(store, "q")).hasSize(60).startsWith("0", "1").endsWith("59");
    }
  }

  private long files(String name) throws IOException {
    try (var names = Files.list(folder.resolve(name))) {
      return names.filter(file -> file.toString().endsWith(".log")).count();
    }
  }

  @Test
  void aBodyThatGoesBadBetweenIsNamedNotGiven() throws IOException {
    try (Store store = at("a", 1 << 20)) {
      long a = store.append(List.of("q"), body("a")).join().id();
      long b = store.append(List.of("q"), body("some text to damage")).join().id();
      long c = store.append(List.of("q"), body("c")).join().id();
      Path file = folder.resolve("a").resolve("0000000000000001.log");
      byte[] bytes = Files.readAllBytes(file);
      int at = new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1).indexOf("damage");
      bytes[at] ^= 1;
      Files.write(file, bytes);

      List<Store.Entry> read = store.read("q", 0, 10);
      assertThat(read.stream().map(Store.Entry::id)).containsExactly(a, b, c);
      assertThat(read.get(1)).isInstanceOf(Store.Entry.Damaged.class);
      assertThat(store.findings().damages())
          .singleElement()
          .satisfies(
              damage -> {
                assertThat(damage.loss()).isEqualTo(Loss.DAMAGED);
                assertThat(damage.queues()).containsExactly("q");
                assertThat(damage.first()).isEqualTo(b);
                assertThat(damage.place()).contains("0000000000000001.log:");
              });
      assertThat(store.remove("q", List.of(b)).join()).isEqualTo(Level.SYNCED);
      assertThat(texts(store, "q")).containsExactly("a", "c");
    }
  }

  @Test
  void aFaultInCompactionEndsNothing() {
    var files = new SimulatedFiles(1);
    var options = new Options(Level.SYNCED, StoreBounds.DEFAULT, 1_000);
    try (Store store = new LogStore(files, options)) {
      for (int round = 0; round < 20; round++) {
        long id = store.append(List.of("q"), new byte[300]).join().id();
        assertThat(store.remove("q", List.of(id)).join()).isEqualTo(Level.SYNCED);
        files.areDeletionsFaulty = round > 2 && round < 10;
      }
      assertThat(store.append(List.of("q"), body("at last")).join().id()).isPositive();
      assertThat(texts(store, "q")).containsExactly("at last");
    }
    try (Store store = new LogStore(files, options)) {
      assertThat(texts(store, "q")).containsExactly("at last");
      assertThat(store.findings().damages()).isEmpty();
    }
  }

  @Test
  void whatMakesRoomIsTakenBeyondWhatMayWait() {
    var files = new SimulatedFiles(1);
    var options = new Options(Level.SYNCED, new StoreBounds(1 << 20, 1_000, 2_000), 1 << 20);
    var disk = new Semaphore(1_000);
    files.beforeSync = disk::acquireUninterruptibly;
    try (Store store = new LogStore(files, options)) {
      long id = store.append(List.of("q"), body("a")).join().id();
      int _ = disk.drainPermits();
      var waiting = store.append(List.of("q"), new byte[1_500]);
      assertRefused(() -> store.append(List.of("q"), new byte[1_500]).join(), Reason.OVERLOADED);
      var removals = new ArrayList<CompletableFuture<Level>>();
      while (removals.isEmpty() || !removals.getLast().isCompletedExceptionally()) {
        removals.add(store.remove("q", List.of(id)));
      }
      assertThat(removals.size()).isBetween(11, 100); // they have a bound too
      disk.release(1_000);
      assertThat(waiting.join().id()).isGreaterThan(id);
      assertThat(removals.getFirst().join()).isEqualTo(Level.SYNCED);
      assertRefused(() -> removals.getLast().join(), Reason.OVERLOADED);
    } finally {
      disk.release(1_000);
    }
  }

  @Test
  void moreThanMayWaitIsRefusedAndCounted() {
    var options = new Options(Level.SYNCED, new StoreBounds(1 << 30, 1 << 20, 300_000), 1 << 20);
    try (Store store = LogStore.open(folder.resolve("o"), options)) {
      var futures = new ArrayList<CompletableFuture<Store.Receipt>>();
      for (int i = 0; i < 100; i++) {
        futures.add(store.append(List.of("q"), new byte[100_000]));
      }
      long taken =
          futures.stream().filter(each -> each.handle((done, e) -> e == null).join()).count();
      assertThat(taken).isBetween(2L, 99L);
      assertThat(store.counts().refused()).isEqualTo(100 - taken);
      assertThat(texts(store, "q")).hasSize((int) taken);
      assertThat(store.counts().waitingBytes()).isZero();
      assertThat(store.counts().syncs()).isLessThanOrEqualTo(taken);
    }
  }
}
