/**
 * Scripts: GraalJS contexts, each with its owner thread, and what crosses between them and the
 * node. The only package that knows GraalVM; no polyglot {@code Value} leaves it.
 */
@NullMarked
package dev.runar.internal.script;

import org.jspecify.annotations.NullMarked;
