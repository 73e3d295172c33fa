package dev.runar;

import java.time.Duration;

/**
 * How to publish.
 *
 * @param ack when the receipt comes
 * @param retainFor how long later subscribers with {@code includePast} still get the event; zero:
 *     not at all
 */
public record PublishOptions(Ack ack, Duration retainFor) {
  /** Receipt when queued, nothing retained. */
  public static final PublishOptions DEFAULT = new PublishOptions(Ack.QUEUED, Duration.ZERO);

  /** When the receipt comes. */
  public enum Ack {
    /** As soon as every matching handler has taken or refused the event. */
    QUEUED,
    /** When every handler that took it has finished. */
    HANDLED
  }

  public PublishOptions withAck(Ack newAck) {
    return new PublishOptions(newAck, retainFor);
  }

  public PublishOptions withRetainFor(Duration newRetainFor) {
    return new PublishOptions(ack, newRetainFor);
  }
}
