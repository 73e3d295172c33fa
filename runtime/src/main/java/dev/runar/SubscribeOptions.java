package dev.runar;

import dev.runar.RunarException.Code;
import java.time.Duration;

/**
 * What is said of a subscription beside its pattern and its handler, the same for a handler written
 * in TypeScript and one written in Java, of a service or of none. Immutable.
 *
 * <p>However it is set, what a publisher was told is kept: each event that its receipt counts as
 * queued is handled, or has failed and is counted, exactly once. One that is to be tried again
 * counts as waiting.
 *
 * @param replay retained events that are not older come first, in order; zero: none
 * @param group of all subscriptions of one group whose pattern matches, exactly one gets each
 *     event: the one with the fewest events waiting, and of equally busy ones each in turn. One
 *     that refuses is passed over. A receipt counts the group as one match. Empty: no group
 * @param order whether an event waits until the one before it is handled
 * @param ack when an event counts as handled
 * @param timeout how long one handling may take, from its begin, before it counts as failed with
 *     {@code TIMEOUT}; the handler is not stopped, but what it says later counts no more. Zero: as
 *     long as it takes, or with {@link Ack#MANUAL} the node's {@code requestTimeout}
 * @param retry how often and when a failed handling is tried again, whatever it failed with; no
 *     thread waits meanwhile
 * @param deadLetter the topic to which an event is published when its last attempt has failed, as
 *     {@code {id, topic, payload, error: {code, name, message}, attempts, subscription}}. Empty, or
 *     when nobody takes it there: it is kept among the node's dead letters
 * @param overflow what becomes of an event when {@code maxWaiting} are waiting
 * @param maxWaiting how many events may wait: those not begun, and those to be tried again. 0: as
 *     many as a callback queue holds, {@code limits.queuedCallbacks}
 */
public record SubscribeOptions(
    Duration replay,
    String group,
    Order order,
    Ack ack,
    Duration timeout,
    ActionOptions.Retry retry,
    String deadLetter,
    Overflow overflow,
    int maxWaiting) {

  /** A window that every retained event is in. */
  public static final Duration EVERYTHING = Duration.ofSeconds(Long.MAX_VALUE);

  /** Live events only; each is handled once, however many are being handled. */
  public static final SubscribeOptions DEFAULT = new SubscribeOptions(false);

  /** Whether an event waits until the one before it is handled. */
  public enum Order {
    /** It begins in order, but does not wait for what the one before has begun: its promise. */
    CONCURRENT,
    /**
     * It waits until the one before it is handled or has finally failed, retries included. In a
     * service with instances each instance has an order of its own, so that events of one key wait
     * for each other and others do not.
     */
    SERIAL
  }

  /** When an event counts as handled. */
  public enum Ack {
    /** When its handler has returned, and the promise that it returned is fulfilled. */
    AUTO,
    /**
     * When somebody has called {@link EventContext#ack}; failed by {@link EventContext#nack}, by a
     * handler that throws, and when neither comes within {@code timeout}.
     */
    MANUAL
  }

  /** What becomes of an event when as many are waiting as may. */
  public enum Overflow {
    /** It is refused: its publisher's receipt says {@code FULL}. */
    REFUSE,
    /** The oldest one that waits and was never begun fails with {@code OVERLOADED}. */
    DROP_OLDEST,
    /**
     * At any time only the newest event of each topic waits: it takes the place of the one before,
     * which fails with {@code OVERLOADED}. {@code maxWaiting} bounds the topics; above, an event is
     * refused.
     */
    KEEP_LATEST
  }

  /**
   * Checks.
   *
   * @throws RunarException {@code INVALID_INPUT} for a negative value or no attempt at all
   */
  public SubscribeOptions {
    check(!replay.isNegative(), "replay", "0 or more");
    check(!timeout.isNegative(), "timeout", "0 or more");
    check(retry.attempts() >= 1, "retry.attempts", "at least 1");
    check(!retry.backoff().isNegative(), "retry.backoff", "0 or more");
    check(!retry.maxBackoff().isNegative(), "retry.maxBackoff", "0 or more");
    check(retry.jitter() >= 0 && retry.jitter() <= 1, "retry.jitter", "from 0 to 1");
    check(maxWaiting >= 0, "maxWaiting", "0 or more");
  }

  /**
   * Retained events or not, and nothing else.
   *
   * @param includePast all retained events that match come first, in order
   */
  public SubscribeOptions(boolean includePast) {
    this(
        includePast ? EVERYTHING : Duration.ZERO,
        "",
        Order.CONCURRENT,
        Ack.AUTO,
        Duration.ZERO,
        ActionOptions.Retry.NEVER,
        "",
        Overflow.REFUSE,
        0);
  }

  private static void check(boolean holds, String option, String wanted) {
    if (!holds) {
      throw new RunarException(
          Code.INVALID_INPUT, "option " + option + " of a subscription must be " + wanted);
    }
  }

  /** Whether retained events come first. */
  public boolean includePast() {
    return !replay.isZero();
  }

  public SubscribeOptions withReplay(Duration newReplay) {
    return new SubscribeOptions(
        newReplay, group, order, ack, timeout, retry, deadLetter, overflow, maxWaiting);
  }

  public SubscribeOptions withGroup(String newGroup) {
    return new SubscribeOptions(
        replay, newGroup, order, ack, timeout, retry, deadLetter, overflow, maxWaiting);
  }

  public SubscribeOptions withOrder(Order newOrder) {
    return new SubscribeOptions(
        replay, group, newOrder, ack, timeout, retry, deadLetter, overflow, maxWaiting);
  }

  public SubscribeOptions withAck(Ack newAck) {
    return new SubscribeOptions(
        replay, group, order, newAck, timeout, retry, deadLetter, overflow, maxWaiting);
  }

  public SubscribeOptions withTimeout(Duration newTimeout) {
    return new SubscribeOptions(
        replay, group, order, ack, newTimeout, retry, deadLetter, overflow, maxWaiting);
  }

  public SubscribeOptions withRetry(ActionOptions.Retry newRetry) {
    return new SubscribeOptions(
        replay, group, order, ack, timeout, newRetry, deadLetter, overflow, maxWaiting);
  }

  public SubscribeOptions withDeadLetter(String newDeadLetter) {
    return new SubscribeOptions(
        replay, group, order, ack, timeout, retry, newDeadLetter, overflow, maxWaiting);
  }

  /** What happens at the bound, and the bound. */
  public SubscribeOptions withOverflow(Overflow newOverflow, int newMaxWaiting) {
    return new SubscribeOptions(
        replay, group, order, ack, timeout, retry, deadLetter, newOverflow, newMaxWaiting);
  }
}
