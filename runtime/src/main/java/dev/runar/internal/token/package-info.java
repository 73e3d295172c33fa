/** The tokens that clients bring: what is in them, once they have been verified. */
@NullMarked
package dev.runar.internal.token;

import org.jspecify.annotations.NullMarked;
