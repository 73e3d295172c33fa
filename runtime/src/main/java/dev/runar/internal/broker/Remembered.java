package dev.runar.internal.broker;

import dev.runar.Payload;

/**
 * A publication that its channel remembers. Immutable.
 *
 * @param offset its place in the channel's order
 */
public record Remembered(long offset, Payload payload) {}
