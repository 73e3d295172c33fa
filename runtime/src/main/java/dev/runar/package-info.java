/** The API that a program embeds. */
@NullMarked
package dev.runar;

import org.jspecify.annotations.NullMarked;
