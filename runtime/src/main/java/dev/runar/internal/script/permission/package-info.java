/** What a script may reach, and the refusal when it may not. */
@NullMarked
package dev.runar.internal.script.permission;

import org.jspecify.annotations.NullMarked;
