/** Puts the node together: the only package that sees all others. */
@NullMarked
package dev.runar.internal.boot;

import org.jspecify.annotations.NullMarked;
