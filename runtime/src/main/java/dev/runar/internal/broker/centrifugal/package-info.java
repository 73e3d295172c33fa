/** The Centrifugal client protocol on {@code /connection/websocket} (docs/centrifugal.md). */
@NullMarked
package dev.runar.internal.broker.centrifugal;

import org.jspecify.annotations.NullMarked;
