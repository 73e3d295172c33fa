package dev.runar.flood;

import dev.runar.Delivery;
import dev.runar.Messaging;
import dev.runar.Payload;
import dev.runar.PublishOptions;
import dev.runar.PublishReceipt;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/** One flood: so many threads, each with its own numbers from 0. {@link #run} is for one thread. */
final class FloodRun {
  private static final long BETWEEN_TRIES_NANOS = 20_000;
  private static final long END_NANOS = 1_000_000_000;
  private static final long BETWEEN_COLLECTIONS_NANOS = 50_000_000;

  private final Messaging node;
  private final Flood flood;
  private final PublishOptions options;
  private final FloodCounts counts = new FloodCounts();
  private final List<Thread> producers;
  private volatile boolean isOver;

  FloodRun(Messaging node, Flood flood) {
    this.node = node;
    this.flood = flood;
    this.options =
        new PublishOptions(
            flood.isHandled() ? PublishOptions.Ack.HANDLED : PublishOptions.Ack.QUEUED,
            Duration.ZERO);
    this.producers =
        IntStream.range(0, flood.threads())
            .mapToObj(
                producer ->
                    Thread.ofPlatform()
                        .daemon()
                        .name("producer-" + producer)
                        .unstarted(() -> produce(producer)))
            .toList();
  }

  /** Until every producer has ended. */
  Payload run() throws InterruptedException {
    producers.forEach(Thread::start);
    if (flood.collects()) {
      Thread.ofPlatform().daemon().name("collector").start(this::collect);
    }
    for (Thread producer : producers) {
      producer.join();
    }
    isOver = true;
    return counts.payload();
  }

  private void produce(int producer) {
    for (int number = 0; number < flood.each(); number++) {
      Payload payload = FloodPayloads.of(producer, number);
      while (!isOver) {
        Outcome outcome = offer(payload);
        if (outcome == Outcome.TAKEN || (outcome == Outcome.FULL && !flood.retries())) {
          break;
        }
        if (outcome == Outcome.OVER) {
          return;
        }
        LockSupport.parkNanos(BETWEEN_TRIES_NANOS);
      }
    }
  }

  private enum Outcome {
    TAKEN,
    FULL,
    UNHEARD,
    OVER
  }

  private Outcome offer(Payload payload) {
    counts.offered.increment();
    CompletableFuture<PublishReceipt> receipt = node.publish(flood.topic(), payload, options);
    if (!receipt.isDone()) { // it was taken; how it ends is told later
      counts.queued.increment();
      receipt.thenAccept(this::ended);
      return Outcome.TAKEN;
    }
    try {
      return outcome(receipt.join());
    } catch (CompletionException e) {
      counts.refused.increment();
      return Outcome.OVER;
    }
  }

  private Outcome outcome(PublishReceipt receipt) {
    if (receipt.queued() == 1) {
      counts.queued.increment();
      ended(receipt);
      return Outcome.TAKEN;
    }
    if (receipt.matched() == 0) {
      counts.unheard.increment();
      return flood.stopsUnheard() ? Outcome.OVER : Outcome.UNHEARD;
    }
    if (receipt.refusals().getFirst().reason() == Delivery.FULL) {
      counts.full.increment();
      return Outcome.FULL;
    }
    counts.closed.increment();
    return Outcome.OVER;
  }

  private void ended(PublishReceipt receipt) {
    counts.handled.add(receipt.handled());
    counts.failed.add(receipt.failed());
  }

  private void collect() {
    while (!isOver) {
      System.gc();
      LockSupport.parkNanos(BETWEEN_COLLECTIONS_NANOS);
    }
  }

  /**
   * Nobody offers anything from now on. The counts are written when the producers and what was
   * taken have ended, or have not for too long.
   */
  void end() {
    isOver = true;
    long latest = System.nanoTime() + END_NANOS;
    while ((isOffering() || counts.pending() > 0) && System.nanoTime() < latest) {
      LockSupport.parkNanos(BETWEEN_TRIES_NANOS);
    }
    if (flood.report().isEmpty()) {
      return;
    }
    try {
      Path file = Path.of(flood.report());
      Path whole = file.resolveSibling(file.getFileName() + ".new");
      Files.writeString(whole, counts.payload().text());
      Files.move(whole, file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Who has offered something and not counted yet what became of it, is alive. */
  private boolean isOffering() {
    return producers.stream().anyMatch(Thread::isAlive);
  }
}
