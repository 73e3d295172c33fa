package dev.runar;

/**
 * One published event.
 *
 * @param id unique within the node's life
 * @param topic the real topic, {@code network:service/…} without the network when it is the node's
 *     own
 * @param payload what was published
 * @param timestampMs wall-clock time of the publish, milliseconds since 1970
 */
public record Event(long id, String topic, Payload payload, long timestampMs) {}
