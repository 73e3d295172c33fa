package dev.runar.channels;

import java.time.Duration;
import java.util.function.Consumer;

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
    return with(
        draft -> {
          draft.path = newPath;
          draft.level = newLevel;
        });
  }

  /** With other bounds of one queue. */
  public OfflineOptions holding(int newMessages, int newBytes, FullPolicy newFull) {
    return with(
        draft -> {
          draft.messages = newMessages;
          draft.bytes = newBytes;
          draft.full = newFull;
        });
  }

  /** With other bounds of all queues together. */
  public OfflineOptions holdingInAll(int newMessages, long newBytes, int newQueues) {
    return with(
        draft -> {
          draft.totalMessages = newMessages;
          draft.totalBytes = newBytes;
          draft.queues = newQueues;
        });
  }

  /** With another time to wait. */
  public OfflineOptions waiting(Duration newTtl) {
    return with(draft -> draft.ttl = newTtl);
  }

  /** With dead letters after so many refusals, on a topic. */
  public OfflineOptions burying(int newDeliveries, String newDeadLetters) {
    return with(
        draft -> {
          draft.deliveries = newDeliveries;
          draft.deadLetters = newDeadLetters;
        });
  }

  /** With another window. */
  public OfflineOptions withWindow(int newWindow) {
    return with(draft -> draft.window = newWindow);
  }

  private OfflineOptions with(Consumer<Draft> change) {
    var draft = new Draft(this);
    change.accept(draft);
    return draft.complete();
  }

  /** One of them while a value is changed; checked when it is complete. */
  private static final class Draft {
    private String path;
    private Level level;
    private int messages;
    private int bytes;
    private int totalMessages;
    private long totalBytes;
    private int queues;
    private Duration ttl;
    private FullPolicy full;
    private int deliveries;
    private String deadLetters;
    private int window;

    Draft(OfflineOptions from) {
      path = from.path;
      level = from.level;
      messages = from.messages;
      bytes = from.bytes;
      totalMessages = from.totalMessages;
      totalBytes = from.totalBytes;
      queues = from.queues;
      ttl = from.ttl;
      full = from.full;
      deliveries = from.deliveries;
      deadLetters = from.deadLetters;
      window = from.window;
    }

    OfflineOptions complete() {
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
          window);
    }
  }
}
