package dev.runar.internal.boot;

import dev.runar.NodeConfig;
import dev.runar.Payload;
import dev.runar.PublishReceipt;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.channels.ChannelRule;
import dev.runar.channels.OfflineOptions;
import dev.runar.internal.broker.HistoryStore;
import dev.runar.internal.broker.offline.DeadLetter;
import dev.runar.internal.broker.offline.OfflineQueues;
import dev.runar.internal.broker.offline.OfflineStats.Outcome;
import dev.runar.internal.metrics.PrometheusPage;
import dev.runar.internal.node.Delays;
import dev.runar.internal.node.NodeGate;
import dev.runar.internal.store.LogStore;
import dev.runar.internal.store.MemoryStore;
import dev.runar.internal.topic.TopicPath;
import dev.runar.spi.Clock;
import dev.runar.spi.Store;
import dev.runar.spi.Store.Level;
import dev.runar.spi.StoreException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * What waits on the disk of a node for clients that are away: offline queues, and the history of
 * durable channels, in one store. Any thread.
 *
 * @param history null: no channel is durable
 */
record Offline(OfflineQueues queues, Store store, @Nullable HistoryStore history)
    implements AutoCloseable {
  /** How often what has waited for too long is looked for. */
  private static final Duration SWEEP = Duration.ofSeconds(10);

  /** What the store keeps beside the payload of a message. */
  private static final int MESSAGE_BYTES = 512;

  /** So that sums do not overflow. */
  private static final long MOST_HISTORY = 1L << 50;

  /**
   * Opens them.
   *
   * @param given the program's own store; empty: the configuration says which
   * @param delays for as long as it is open, what has waited for too long is looked for
   * @param work runs what may block
   * @throws RunarException {@code CONFIG} when the folder or the topic cannot be used
   */
  static Offline open(
      NodeConfig config, Optional<Store> given, NodeGate gate, Delays delays, Executor work) {
    OfflineOptions options = config.offline();
    if (!options.deadLetters().isEmpty()) {
      TopicPath _ = topic(options.deadLetters(), config.networkId());
    }
    boolean isDurable = config.channels().stream().anyMatch(ChannelRule::durable);
    if (isDurable && options.path().isEmpty() && given.isEmpty()) {
      throw new RunarException(
          Code.CONFIG,
          "channels: a rule is durable, so offline.path must name the folder to keep history in");
    }
    if (given.isPresent() && !options.path().isEmpty()) {
      throw new RunarException(
          Code.CONFIG,
          "offline.path: the program has given the node a store of its own; leave one of them out");
    }
    Store store =
        given
            .<Store>map(GivenStore::new)
            .orElseGet(() -> store(options, isDurable ? config.limits().historyBytes() : 0));
    HistoryStore history = isDurable ? new HistoryStore(store, Clock.system()) : null;
    var parts =
        new OfflineQueues.Parts(
            store, Clock.system(), work, letter -> publish(gate, options.deadLetters(), letter));
    var opened = new Offline(new OfflineQueues(options, parts), store, history);
    opened.sweep(delays, work);
    return opened;
  }

  private static TopicPath topic(String text, String network) {
    try {
      return TopicPath.parse(text, network);
    } catch (RunarException e) {
      throw new RunarException(Code.CONFIG, "offline.deadLetters: " + e.getMessage(), e);
    }
  }

  /** What is removed goes some at a time, so both kinds may take twice what they hold. */
  private static Store store(OfflineOptions options, long historyBytes) {
    long bytes =
        2 * options.totalBytes()
            + (long) MESSAGE_BYTES * options.totalMessages()
            + 2 * Math.min(historyBytes, MOST_HISTORY);
    long entries =
        2L * options.totalMessages()
            + options.queues()
            + 2 * Math.min(historyBytes, MOST_HISTORY) / HistoryStore.ENTRY_BYTES;
    if (options.path().isEmpty()) {
      return MemoryStore.bounded(bytes, entries);
    }
    Level level =
        switch (options.level()) {
          case WRITTEN -> Level.WRITTEN;
          case SYNCED -> Level.SYNCED;
        };
    try {
      return LogStore.open(Path.of(options.path()), level, bytes, entries);
    } catch (StoreException e) {
      throw new RunarException(Code.CONFIG, "offline.path: " + e.getMessage(), e);
    }
  }

  /**
   * Somebody has it when a handler of the node has: a client that has subscribed may be gone before
   * it reads. With no topic it is only counted.
   */
  private static CompletableFuture<?> publish(NodeGate gate, String topic, DeadLetter letter) {
    if (!topic.isEmpty()) {
      var told =
          Payload.object(
              "group", letter.key().group(),
              "user", letter.key().user(),
              "client", letter.key().client(),
              "id", letter.id(),
              "deliveries", letter.deliveries(),
              "cause", letter.cause(),
              "data", letter.payload().value());
      PublishReceipt receipt = gate.publish(topic, told, "offline queues");
      if (receipt.matched() == 0 || receipt.refused() > 0) {
        return CompletableFuture.failedFuture(
            new RunarException(
                Code.OVERLOADED,
                receipt.matched() == 0
                    ? "no handler subscribes to " + topic
                    : receipt.refused() + " handlers of " + topic + " did not take it"));
      }
    }
    return CompletableFuture.completedFuture(null);
  }

  private void sweep(Delays delays, Executor work) {
    Runnable _ =
        delays.after(
            SWEEP.toNanos(),
            () -> {
              work.execute(queues::expire);
              sweep(delays, work);
            });
  }

  /** Publications of durable channels that the store did not take. */
  long unstored() {
    return history == null ? 0 : history.unstored();
  }

  /** What is counted. */
  Map<String, ?> status() {
    var holding = queues.holding();
    var counts = store.counts();
    var status = new LinkedHashMap<String, Object>();
    status.put("level", store.level().name());
    status.put("queues", holding.queues());
    status.put("messages", holding.messages());
    status.put("bytes", holding.bytes());
    for (Outcome outcome : Outcome.values()) {
      status.put(label(outcome), queues.stats().of(outcome));
    }
    status.put("wasClosed", store.findings().wasClosed());
    status.put("losses", store.findings().damages().stream().map(Offline::loss).toList());
    status.put(
        "store",
        Map.of(
            "entries", counts.entries(),
            "bytes", counts.bytes(),
            "waitingBytes", counts.waitingBytes(),
            "appended", counts.appended(),
            "removed", counts.removed(),
            "refused", counts.refused(),
            "failed", counts.failed(),
            "syncs", counts.syncs(),
            "damages", counts.damages()));
    return status;
  }

  private static Map<String, ?> loss(Store.Damage damage) {
    return Map.of(
        "loss", damage.loss().name(),
        "place", damage.place(),
        "first", damage.first(),
        "last", damage.last(),
        "queues", damage.queues().stream().sorted().toList());
  }

  /** Adds what is on the page for Prometheus; see docs/operations.md. */
  void addTo(PrometheusPage page) {
    page.counter(
        "runar.history.unstored",
        "Publications of durable channels that the store did not take",
        this::unstored);
    page.gauge("runar.offline.queues", "Offline queues", () -> queues.holding().queues());
    page.gauge(
        "runar.offline.messages",
        "Messages that wait in offline queues",
        () -> queues.holding().messages());
    page.gauge(
        "runar.offline.bytes",
        "Bytes of the messages that wait in offline queues",
        () -> queues.holding().bytes());
    for (Outcome outcome : Outcome.values()) {
      page.counter(
          "runar.offline.outcomes",
          "What became of the messages of offline queues",
          () -> queues.stats().of(outcome),
          "outcome",
          label(outcome));
    }
    page.gauge(
        "runar.store.waiting.bytes",
        "Bytes that wait for the disk of the store",
        () -> store.counts().waitingBytes());
    page.counter(
        "runar.store.syncs",
        "Groups of operations that the store has acknowledged together",
        () -> store.counts().syncs());
    page.counter(
        "runar.store.refused",
        "Operations that the store did not take at a bound",
        () -> store.counts().refused());
    page.counter(
        "runar.store.failures",
        "Operations that the disk of the store did not take",
        () -> store.counts().failed());
    page.counter(
        "runar.store.damages", "Losses that the store has found", () -> store.counts().damages());
  }

  private static String label(Outcome outcome) {
    return outcome.name().toLowerCase(Locale.ROOT);
  }

  /** Acknowledges what was taken; waits for the disk. */
  @Override
  public void close() {
    store.close();
  }
}
