package dev.runar;

import dev.runar.spi.TraceContext;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How to publish.
 *
 * @param ack when the receipt comes
 * @param retainFor how long later subscribers with {@code includePast} still get the event; zero:
 *     not at all
 * @param meta carried to the handlers and to the requests and events that they make; bounded as in
 *     {@link RequestOptions}
 * @param trace the operation that publishes; null: a new trace begins
 * @param publisher who publishes, for {@code runar trace}, such as {@code session 12}; a handler
 *     does not see it; empty: not said
 */
public record PublishOptions(
    Ack ack,
    Duration retainFor,
    Map<String, String> meta,
    @Nullable TraceContext trace,
    String publisher) {
  /** Receipt when queued, nothing retained. */
  public static final PublishOptions DEFAULT = new PublishOptions(Ack.QUEUED, Duration.ZERO);

  /** When the receipt comes. */
  public enum Ack {
    /** As soon as every matching handler has taken or refused the event. */
    QUEUED,
    /** When every handler that took it has finished. */
    HANDLED
  }

  /**
   * Checks the bounds.
   *
   * @throws RunarException {@code TOO_LARGE}
   */
  public PublishOptions {
    meta = RequestOptions.bounded("meta", meta);
  }

  /** No meta, a new trace, who publishes is not said. */
  public PublishOptions(Ack ack, Duration retainFor) {
    this(ack, retainFor, Map.of(), null, "");
  }

  public PublishOptions withAck(Ack newAck) {
    return new PublishOptions(newAck, retainFor, meta, trace, publisher);
  }

  public PublishOptions withRetainFor(Duration newRetainFor) {
    return new PublishOptions(ack, newRetainFor, meta, trace, publisher);
  }

  public PublishOptions withMeta(Map<String, String> newMeta) {
    return new PublishOptions(ack, retainFor, newMeta, trace, publisher);
  }

  public PublishOptions withTrace(@Nullable TraceContext newTrace) {
    return new PublishOptions(ack, retainFor, meta, newTrace, publisher);
  }

  public PublishOptions withPublisher(String newPublisher) {
    return new PublishOptions(ack, retainFor, meta, trace, newPublisher);
  }
}
