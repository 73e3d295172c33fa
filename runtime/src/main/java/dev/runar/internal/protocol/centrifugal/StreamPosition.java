package dev.runar.internal.protocol.centrifugal;

/**
 * A place in what was published on a channel. Immutable.
 *
 * @param epoch empty: the client did not say one
 */
public record StreamPosition(long offset, String epoch) {}
