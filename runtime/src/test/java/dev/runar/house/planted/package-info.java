/** Classes that break the rules of the house on purpose. */
@NullMarked
package dev.runar.house.planted;

import org.jspecify.annotations.NullMarked;
