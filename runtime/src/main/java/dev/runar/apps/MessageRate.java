package dev.runar.apps;

import java.time.Duration;

/**
 * How fast a client may send, whatever it sends. Immutable.
 *
 * @param messages so many at once, and again each {@code per}; 0: as many as come
 * @param per the time in which as many come again
 * @param close whether a client that sends faster is closed; else its message is refused
 */
public record MessageRate(int messages, Duration per, boolean close) {
  /** As many as come. */
  public static final MessageRate UNBOUNDED = new MessageRate(0, Duration.ofSeconds(60), false);

  /**
   * A rate.
   *
   * @throws IllegalArgumentException for a value outside its range, with the range
   */
  public MessageRate {
    if (messages < 0) {
      throw new IllegalArgumentException("messages must be 0 or more, it is " + messages);
    }
    if (per.isNegative() || per.isZero()) {
      throw new IllegalArgumentException("per must be above 0 ms, it is " + per.toMillis());
    }
  }

  /** Whether there is any bound. */
  public boolean isBounded() {
    return messages > 0;
  }
}
