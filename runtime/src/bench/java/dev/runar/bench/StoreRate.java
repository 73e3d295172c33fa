package dev.runar.bench;

import dev.runar.internal.store.LogStore;
import dev.runar.spi.Store;
import dev.runar.spi.Store.Level;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * How many appends a second the store on the disk acknowledges, 200 bytes each, with so many in
 * flight at a time. Prints a line for each number: rate, median and 99th percentile of the time to
 * the acknowledgement, appends for each sync. The argument is the folder to write to; its disk is
 * what is measured.
 */
public final class StoreRate {
  private static final int BODY_BYTES = 200;

  private StoreRate() {}

  /** The folder; without one the working directory. */
  public static void main(String... args) throws Exception {
    Path folder = Path.of(args.length > 0 ? args[0] : "");
    for (Level level : List.of(Level.SYNCED, Level.WRITTEN)) {
      for (int inFlight : new int[] {1, 16, 64, 256, 1_024}) {
        measure(Files.createTempDirectory(folder.toAbsolutePath(), "store-rate"), level, inFlight);
      }
    }
  }

  private static void measure(Path folder, Level level, int inFlight) throws Exception {
    try (Store store = LogStore.open(folder, level, 1L << 30, 10_000_000)) {
      double _ = rate(store, inFlight, Math.min(20_000, inFlight * 500), new long[20_000]);
      int appends = Math.min(200_000, inFlight * 2_000);
      var nanos = new long[appends];
      long syncs = store.counts().syncs();
      double rate = rate(store, inFlight, appends, nanos);
      syncs = store.counts().syncs() - syncs;
      Arrays.sort(nanos);
      System.out.printf(
          "%s in flight %5d: %,8.0f/s  p50 %6.2f ms  p99 %6.2f ms  %5.1f a sync%n",
          level,
          inFlight,
          rate,
          nanos[appends / 2] / 1e6,
          nanos[appends * 99 / 100] / 1e6,
          (double) appends / syncs);
    } finally {
      delete(folder);
    }
  }

  private static double rate(Store store, int inFlight, int appends, long[] nanos)
      throws InterruptedException {
    var room = new Semaphore(inFlight);
    var done = new CountDownLatch(appends);
    var failures = new AtomicInteger();
    long begun = System.nanoTime();
    for (int i = 0; i < appends; i++) {
      room.acquire();
      int number = i;
      long offered = System.nanoTime();
      var _ =
          store
              .append(List.of("queue" + i % 100), new byte[BODY_BYTES])
              .whenComplete(
                  (receipt, error) -> {
                    nanos[number] = System.nanoTime() - offered;
                    failures.addAndGet(error == null ? 0 : 1);
                    room.release();
                    done.countDown();
                  });
    }
    done.await();
    double rate = appends / ((System.nanoTime() - begun) / 1e9);
    if (failures.get() > 0) {
      throw new IllegalStateException(failures + " appends failed");
    }
    return rate;
  }

  private static void delete(Path folder) throws IOException {
    try (var files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }
}
