/** What an embedder may replace: one small interface each, with JDK types only. */
@NullMarked
package dev.runar.spi;

import org.jspecify.annotations.NullMarked;
