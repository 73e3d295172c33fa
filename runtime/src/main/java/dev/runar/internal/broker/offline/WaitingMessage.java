package dev.runar.internal.broker.offline;

import dev.runar.Payload;
import java.util.Optional;

/**
 * A message that its client has not acknowledged. Immutable.
 *
 * @param id in its queue; later messages have higher ones
 * @param payload empty: the disk has damaged it, and all that is left to do is to acknowledge it
 * @param deliveries how often it was given since the node started, this time included, and how
 *     often its client refused it before
 * @param isRedelivered whether the client may have seen it before
 * @param offeredAtMs when it came, milliseconds since 1970
 */
public record WaitingMessage(
    long id, Optional<Payload> payload, int deliveries, boolean isRedelivered, long offeredAtMs) {}
