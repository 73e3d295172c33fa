/** Extension points of the node: one small interface each, JDK types only. */
@NullMarked
package dev.runar.spi;

import org.jspecify.annotations.NullMarked;
