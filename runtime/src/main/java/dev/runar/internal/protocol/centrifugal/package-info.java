/**
 * What clients of the Centrifugal protocol and the node say to each other, and how it is spelled.
 */
@NullMarked
package dev.runar.internal.protocol.centrifugal;

import org.jspecify.annotations.NullMarked;
