/** What values must look like: JSON Schema. The only package that knows its validator. */
@NullMarked
package dev.runar.internal.schema;

import org.jspecify.annotations.NullMarked;
