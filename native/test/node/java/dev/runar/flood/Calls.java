package dev.runar.flood;

import dev.runar.Messaging;
import dev.runar.Payload;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/** Requests of Java to an action, so many in flight; {@link #run} is for one thread. */
final class Calls {
  private static final long NANOS_OF_SECOND = 1_000_000_000L;
  private static final double NANOS_OF_MICROSECOND = 1_000;
  private static final double MIDDLE = 0.5;
  private static final double LATE = 0.99;

  private final Messaging node;
  private final Wanted wanted;
  private final Payload input;
  private final AtomicInteger begun = new AtomicInteger();
  private final LongAdder failures = new LongAdder();
  private final CountDownLatch ended;

  /** What is asked for: {@code count} calls of {@code path}. */
  record Wanted(String path, int count, int inFlight, int bytes) {}

  Calls(Messaging node, Wanted wanted) {
    this.node = node;
    this.wanted = wanted;
    this.input = Payload.of("x".repeat(wanted.bytes()));
    this.ended = new CountDownLatch(wanted.count());
  }

  Payload run() throws InterruptedException {
    return wanted.inFlight() == 1 ? oneByOne() : many();
  }

  private Payload oneByOne() {
    var nanos = new long[wanted.count()];
    for (int i = 0; i < nanos.length; i++) {
      long begin = System.nanoTime();
      node.request(wanted.path(), input).join();
      nanos[i] = System.nanoTime() - begin;
    }
    Arrays.sort(nanos);
    return Payload.object("p50", at(nanos, MIDDLE), "p99", at(nanos, LATE), "failures", 0);
  }

  private static double at(long[] sorted, double share) {
    return sorted[(int) (sorted.length * share)] / NANOS_OF_MICROSECOND;
  }

  private Payload many() throws InterruptedException {
    long begin = System.nanoTime();
    for (int i = 0; i < wanted.inFlight(); i++) {
      next();
    }
    ended.await();
    long nanos = System.nanoTime() - begin;
    return Payload.object(
        "perSecond", wanted.count() * NANOS_OF_SECOND / nanos, "failures", failures.sum());
  }

  private void next() {
    if (begun.incrementAndGet() > wanted.count()) {
      return;
    }
    node.request(wanted.path(), input)
        .whenComplete(
            (result, error) -> {
              if (error != null || !result.equals(input)) {
                failures.increment();
              }
              ended.countDown();
              next();
            });
  }
}
