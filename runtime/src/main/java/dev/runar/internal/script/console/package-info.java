/** What a script calls {@code console}: values printed as Node prints them, whole lines out. */
@NullMarked
package dev.runar.internal.script.console;

import org.jspecify.annotations.NullMarked;
