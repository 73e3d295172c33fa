package dev.runar;

import java.time.Duration;

/**
 * How to publish.
 *
 * @param ack when the receipt comes
 * @param retainFor how long later subscribers with {@code includePast} still get the event; zero:
 *     not at all
 * @param publisher who publishes, for {@code runar trace}, such as {@code session 12}; a handler
 *     does not see it; empty: not said
 */
public record PublishOptions(Ack ack, Duration retainFor, String publisher) {
  /** Receipt when queued, nothing retained. */
  public static final PublishOptions DEFAULT = new PublishOptions(Ack.QUEUED, Duration.ZERO);

  /** When the receipt comes. */
  public enum Ack {
    /** As soon as every matching handler has taken or refused the event. */
    QUEUED,
    /** When every handler that took it has finished. */
    HANDLED
  }

  /** Who publishes is not said. */
  public PublishOptions(Ack ack, Duration retainFor) {
    this(ack, retainFor, "");
  }

  public PublishOptions withAck(Ack newAck) {
    return new PublishOptions(newAck, retainFor, publisher);
  }

  public PublishOptions withRetainFor(Duration newRetainFor) {
    return new PublishOptions(ack, newRetainFor, publisher);
  }

  public PublishOptions withPublisher(String newPublisher) {
    return new PublishOptions(ack, retainFor, newPublisher);
  }
}
