/** What can be known of a JavaScript text without running it: pure, for the module loader. */
@NullMarked
package dev.runar.internal.script.syntax;

import org.jspecify.annotations.NullMarked;
