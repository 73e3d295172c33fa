/** Where a script is while it runs. */
@NullMarked
package dev.runar.internal.script.stack;

import org.jspecify.annotations.NullMarked;
