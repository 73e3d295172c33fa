/** Stores: one in memory, and a log on the disk that survives crashes and names what it lost. */
@NullMarked
package dev.runar.internal.store;

import org.jspecify.annotations.NullMarked;
