/**
 * The Centrifugal dialect for clients whose way to the node lets no WebSocket pass: what they get
 * is the body of one response, and what they say are requests of their own (docs/centrifugal.md).
 */
@NullMarked
package dev.runar.internal.http.centrifugal;

import org.jspecify.annotations.NullMarked;
