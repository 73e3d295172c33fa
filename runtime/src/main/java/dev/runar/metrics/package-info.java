/**
 * What a node does, told to the systems that an embedder measures and traces with: Micrometer and
 * OpenTelemetry, each only if it is on the class path.
 */
@NullMarked
package dev.runar.metrics;

import org.jspecify.annotations.NullMarked;
