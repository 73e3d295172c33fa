/** How script files become modules of a script context: resolving, compiling, positions. */
@NullMarked
package dev.runar.internal.script.module;

import org.jspecify.annotations.NullMarked;
