/** Tests that hold the house together: layers, names, state, and that the pages say what is so. */
@NullMarked
package dev.runar.house;

import org.jspecify.annotations.NullMarked;
