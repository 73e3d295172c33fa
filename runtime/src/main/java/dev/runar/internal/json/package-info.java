/** JSON text out of parts: what writes much of it, and builds no values for that. */
@NullMarked
package dev.runar.internal.json;

import org.jspecify.annotations.NullMarked;
