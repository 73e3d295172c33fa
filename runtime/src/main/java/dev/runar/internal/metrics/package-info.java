/** The page of meters that Prometheus reads. */
@NullMarked
package dev.runar.internal.metrics;

import org.jspecify.annotations.NullMarked;
