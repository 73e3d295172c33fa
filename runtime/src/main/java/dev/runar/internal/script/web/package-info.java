/** The globals of the web: lazy JavaScript classes, and their halves in Java. */
@NullMarked
package dev.runar.internal.script.web;

import org.jspecify.annotations.NullMarked;
