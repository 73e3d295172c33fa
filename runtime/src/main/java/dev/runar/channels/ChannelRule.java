package dev.runar.channels;

import java.time.Duration;

/**
 * What the channels whose topics match a pattern promise; other brokers call it a namespace. The
 * first rule of a configuration that matches counts. Immutable.
 *
 * @param pattern the topics, as in {@code chat/*}
 * @param history messages that a channel remembers; 0: none, so nothing is recovered
 * @param historyTtl how long it remembers each, and itself after the last one
 * @param durable whether what it remembers outlives a restart of the node
 * @param slow what becomes of its messages for a client that reads too slowly
 * @param presence whether clients may ask who is subscribed
 * @param joinLeave whether subscribers are told who comes and goes
 * @param publish whether clients may publish on it by the dialect of {@code centrifuge}
 */
public record ChannelRule(
    String pattern,
    int history,
    Duration historyTtl,
    boolean durable,
    SlowPolicy slow,
    boolean presence,
    boolean joinLeave,
    boolean publish) {
  private static final int MOST_REMEMBERED = 100_000;

  /** Of every channel that no rule matches: nothing is remembered. */
  public static final ChannelRule DEFAULT =
      new ChannelRule(
          ">", 0, Duration.ofMinutes(5), false, SlowPolicy.DISCONNECT, false, false, false);

  /**
   * A rule.
   *
   * @throws IllegalArgumentException for a value outside its range, with the range
   */
  public ChannelRule {
    if (pattern.isBlank()) {
      throw new IllegalArgumentException("pattern must be a topic or a pattern, as in chat/*");
    }
    if (history < 0 || history > MOST_REMEMBERED) {
      throw new IllegalArgumentException(
          "history must be from 0 to " + MOST_REMEMBERED + ", it is " + history);
    }
    if (historyTtl.isNegative() || historyTtl.isZero()) {
      throw new IllegalArgumentException("historyTtl must be above 0, it is " + historyTtl);
    }
    if (durable && history == 0) {
      throw new IllegalArgumentException("durable needs a history above 0");
    }
  }

  /** As {@link #DEFAULT}, for the topics that match. */
  public static ChannelRule of(String pattern) {
    return new ChannelRule(
        pattern,
        DEFAULT.history,
        DEFAULT.historyTtl,
        DEFAULT.durable,
        DEFAULT.slow,
        DEFAULT.presence,
        DEFAULT.joinLeave,
        DEFAULT.publish);
  }

  public ChannelRule withHistory(int newHistory, Duration newTtl) {
    return new ChannelRule(
        pattern, newHistory, newTtl, durable, slow, presence, joinLeave, publish);
  }

  public ChannelRule withDurable(boolean newDurable) {
    return new ChannelRule(
        pattern, history, historyTtl, newDurable, slow, presence, joinLeave, publish);
  }

  public ChannelRule withSlow(SlowPolicy newSlow) {
    return new ChannelRule(
        pattern, history, historyTtl, durable, newSlow, presence, joinLeave, publish);
  }

  public ChannelRule withPresence(boolean newPresence, boolean newJoinLeave) {
    return new ChannelRule(
        pattern, history, historyTtl, durable, slow, newPresence, newJoinLeave, publish);
  }

  public ChannelRule withPublish(boolean newPublish) {
    return new ChannelRule(
        pattern, history, historyTtl, durable, slow, presence, joinLeave, newPublish);
  }
}
