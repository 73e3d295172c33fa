package dev.runar;

import dev.runar.spi.TraceContext;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One published event.
 *
 * @param id unique within the node's life
 * @param topic the real topic, {@code network:service/…} without the network when it is the node's
 *     own
 * @param payload what was published
 * @param timestampMs wall-clock time of the publish, milliseconds since 1970
 * @param meta what the publisher sent along
 * @param trace the publication in its trace; null: its publisher was in none
 */
public record Event(
    long id,
    String topic,
    Payload payload,
    long timestampMs,
    Map<String, String> meta,
    @Nullable TraceContext trace) {

  /** Without meta, in no trace. */
  public Event(long id, String topic, Payload payload, long timestampMs) {
    this(id, topic, payload, timestampMs, Map.of(), null);
  }
}
