/** What clients and the node say to each other on the wire; a sub-package per dialect. Pure. */
@NullMarked
package dev.runar.internal.protocol;

import org.jspecify.annotations.NullMarked;
