/** Paths, patterns and how they match. Pure: no threads, no input or output. */
@NullMarked
package dev.runar.internal.topic;

import org.jspecify.annotations.NullMarked;
