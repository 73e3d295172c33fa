/** Breaks the rules of the house on purpose. */
@NullMarked
package dev.runar.house.planted.internal.broker;

import org.jspecify.annotations.NullMarked;
