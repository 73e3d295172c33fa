package dev.runar.internal.broker.pusher;

import dev.runar.Payload;

/**
 * An event that a channel remembers. Immutable.
 *
 * @param payload as it was published
 * @param wallMs when, in milliseconds since 1970
 */
public record PastEvent(Payload payload, long wallMs) {}
