package dev.runar.channels;

import java.time.Duration;

/**
 * The offline queues: what waits for clients that are away. Immutable.
 *
 * @param path the folder that they survive a restart in; empty: they are in memory only
 * @param level what an acknowledgement says when there is a folder
 * @param messages that wait in one queue
 * @param bytes of the messages that wait in one queue
 * @param totalMessages that wait in all queues
 * @param totalBytes of the messages that wait in all queues
 * @param queues that there are
 * @param ttl how long a message waits
 * @param full what becomes of a message for a queue that is full
 * @param deliveries after so many refusals by its client a message is a dead letter
 * @param deadLetters the topic that dead letters are published on; empty: they are dropped
 * @param window messages of a queue that are given to its client and not acknowledged; then the
 *     next ones wait
 */
public record OfflineOptions(
    String path,
    Level level,
    int messages,
    int bytes,
    int totalMessages,
    long totalBytes,
    int queues,
    Duration ttl,
    FullPolicy full,
    int deliveries,
    String deadLetters,
    int window) {

  /** What an acknowledgement says. */
  public enum Level {
    /** The operating system has it: it outlives the node, but not a loss of power. */
    WRITTEN,
    /** The disk has it: it outlives a loss of power. */
    SYNCED
  }

  public static final OfflineOptions DEFAULT =
      new OfflineOptions(
          "",
          Level.SYNCED,
          1_000,
          1 << 20,
          1_000_000,
          256L << 20,
          100_000,
          Duration.ofDays(7),
          FullPolicy.REFUSE_NEW,
          5,
          "",
          256);

  /**
   * The queues.
   *
   * @throws IllegalArgumentException for a value outside its range, with the range
   */
  public OfflineOptions {
    positive("messages", messages);
    positive("bytes", bytes);
    positive("totalMessages", totalMessages);
    positive("totalBytes", totalBytes);
    positive("queues", queues);
    positive("deliveries", deliveries);
    positive("window", window);
    positive("ttl", ttl.isNegative() ? -1 : ttl.toMillis());
  }

  private static void positive(String name, long value) {
    if (value <= 0) {
      throw new IllegalArgumentException(name + " must be above 0, it is " + value);
    }
  }

  /** In a folder. */
  public OfflineOptions at(String newPath, Level newLevel) {
    return new OfflineOptions(
        newPath,
        newLevel,
        messages,
        bytes,
        totalMessages,
        totalBytes,
        queues,
        ttl,
        full,
        deliveries,
        deadLetters,
        window);
  }

  /** With other bounds of one queue. */
  public OfflineOptions holding(int newMessages, int newBytes, FullPolicy newFull) {
    return new OfflineOptions(
        path,
        level,
        newMessages,
        newBytes,
        totalMessages,
        totalBytes,
        queues,
        ttl,
        newFull,
        deliveries,
        deadLetters,
        window);
  }

  /** With other bounds of all queues together. */
  public OfflineOptions holdingInAll(int newMessages, long newBytes, int newQueues) {
    return new OfflineOptions(
        path,
        level,
        messages,
        bytes,
        newMessages,
        newBytes,
        newQueues,
        ttl,
        full,
        deliveries,
        deadLetters,
        window);
  }

  /** With another time to wait. */
  public OfflineOptions waiting(Duration newTtl) {
    return new OfflineOptions(
        path,
        level,
        messages,
        bytes,
        totalMessages,
        totalBytes,
        queues,
        newTtl,
        full,
        deliveries,
        deadLetters,
        window);
  }

  /** With dead letters after so many refusals, on a topic. */
  public OfflineOptions burying(int newDeliveries, String newDeadLetters) {
    return new OfflineOptions(
        path,
        level,
        messages,
        bytes,
        totalMessages,
        totalBytes,
        queues,
        ttl,
        full,
        newDeliveries,
        newDeadLetters,
        window);
  }

  /** With another window. */
  public OfflineOptions withWindow(int newWindow) {
    return new OfflineOptions(
        path,
        level,
        messages,
        bytes,
        totalMessages,
        totalBytes,
        queues,
        ttl,
        full,
        deliveries,
        deadLetters,
        newWindow);
  }
}
