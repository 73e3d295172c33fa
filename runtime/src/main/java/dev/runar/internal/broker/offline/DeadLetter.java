package dev.runar.internal.broker.offline;

import dev.runar.Payload;

/**
 * A message that its client has refused too often. Immutable.
 *
 * @param cause what the client said of it the last time
 */
public record DeadLetter(QueueKey key, long id, Payload payload, int deliveries, String cause) {}
