/** Takes what a node measures to Micrometer; loaded only by a program that has it. */
@NullMarked
package dev.runar.metrics;

import org.jspecify.annotations.NullMarked;
