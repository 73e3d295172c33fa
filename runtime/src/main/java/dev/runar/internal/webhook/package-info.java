/** Tells the servers of apps what happens on their channels, by HTTP. */
@NullMarked
package dev.runar.internal.webhook;

import org.jspecify.annotations.NullMarked;
