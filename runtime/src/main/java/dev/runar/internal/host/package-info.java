/** The Java half of the native bridge: one pump, and frames each way. */
@NullMarked
package dev.runar.internal.host;

import org.jspecify.annotations.NullMarked;
