/**
 * The API that a program embeds: a {@link dev.runar.Node} hosts services written in TypeScript or
 * Java, routes requests and events between them, and serves clients over WebSocket.
 *
 * <p>Of the rest of Runar this package knows {@code dev.runar.spi} only; the implementation is
 * found by {@link java.util.ServiceLoader}.
 */
@NullMarked
package dev.runar;

import org.jspecify.annotations.NullMarked;
