package dev.runar.bench.pusher;

import dev.runar.bench.pusher.Clients.Connected;
import dev.runar.bench.pusher.PusherSocket.Tally;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/**
 * Messages from one source to many subscribers of one channel: as many as the server takes, or so
 * many a second, when latencies count from the intended time.
 */
final class FanOut {
  /** Whence the messages come. */
  enum By {
    CLIENT,
    HTTP
  }

  /**
   * What is measured.
   *
   * @param bytes of the data of a message
   * @param rate messages a second; 0: as many as it takes, with some on their way at any time
   */
  record Load(By by, int subscribers, int bytes, int rate, Duration time) {
    /** Messages that may be on their way. */
    int window() {
      return subscribers >= 1_000 ? 8 : subscribers >= 100 ? 40 : 256;
    }

    String channel() {
      return by == By.CLIENT ? Source.ClientEvents.CHANNEL : Source.Triggers.CHANNEL;
    }
  }

  private static final Duration WARM = Duration.ofSeconds(1);
  private static final long LATE_NANOS = 2_000_000_000L;

  private final ServerProcess server;
  private final Clients clients;
  private final Load load;
  private final Tally tally;
  private final String filler;
  private final long begun = System.nanoTime();
  private long published;
  private long[] latencies = new long[1 << 16];
  private int latencyCount;

  FanOut(ServerProcess server, Clients clients, Load load) {
    this.server = server;
    this.clients = clients;
    this.load = load;
    this.tally = new Tally(load.bytes());
    this.filler = "x".repeat(load.bytes() - 18);
  }

  /** Measures, and says it in one line. */
  String measure() throws IOException {
    List<Connected> subscribers = clients.subscribed(load.channel(), load.subscribers(), tally);
    subscribers.getFirst().socket().listen((socket, text) -> note(text));
    try (Source source =
        load.by() == By.CLIENT ? Source.ClientEvents.of(clients) : Source.Triggers.of(clients)) {
      pass(source, WARM);
      long processor = server.processorNanos();
      long from = System.nanoTime();
      long before = tally.messages();
      latencyCount = 0;
      pass(source, load.time());
      double nanos = System.nanoTime() - from;
      double used = server.processorNanos() - processor;
      long deliveries = tally.messages() - before;
      String latency = latency();
      awaitTheLast();
      return "%-6s %5d x %5d %6s  %,11.0f/s  %,11.0f per CPU s  CPU %3.0f%%  %s  lost %d"
          .formatted(
              load.by(),
              load.subscribers(),
              load.bytes(),
              load.rate() == 0 ? "" : load.rate() + "/s",
              deliveries / nanos * 1e9,
              deliveries / used * 1e9,
              used / nanos * 100,
              latency,
              due() - tally.messages());
    } finally {
      subscribers.forEach(Connected::close);
    }
  }

  private void pass(Source source, Duration time) throws IOException {
    long end = System.nanoTime() + time.toNanos();
    while (System.nanoTime() < end) {
      publish(source);
      clients.poll(load.rate() == 0 ? 1 : 0);
    }
  }

  /** All that is to be published now; at most 64, so that answers are read in between. */
  private void publish(Source source) throws IOException {
    for (int i = 0; i < 64; i++) {
      long now = System.nanoTime();
      long when = load.rate() == 0 ? now : begun + published * 1_000_000_000L / load.rate();
      if (!isTime(when, now) || !source.publish("~T%016x".formatted(when) + filler)) {
        break;
      }
      published++;
    }
    source.flush();
  }

  private boolean isTime(long when, long now) {
    return load.rate() == 0
        ? due() - tally.messages() < (long) load.window() * load.subscribers()
        : when <= now;
  }

  /** Deliveries that must have come in the end. */
  private long due() {
    return published * load.subscribers();
  }

  private void awaitTheLast() throws IOException {
    long end = System.nanoTime() + LATE_NANOS;
    while (tally.messages() < due() && System.nanoTime() < end) {
      clients.poll(1);
    }
  }

  private void note(String text) {
    int at = text.indexOf("~T");
    if (at > 0) {
      if (latencyCount == latencies.length) {
        latencies = Arrays.copyOf(latencies, 2 * latencyCount);
      }
      latencies[latencyCount++] = System.nanoTime() - Long.parseLong(text, at + 2, at + 18, 16);
    }
  }

  private String latency() {
    long[] sorted = Arrays.copyOf(latencies, latencyCount);
    Arrays.sort(sorted);
    return "p50 %,6d  p99 %,6d µs"
        .formatted(sorted[latencyCount / 2] / 1_000, sorted[(int) (latencyCount * 0.99)] / 1_000);
  }
}
