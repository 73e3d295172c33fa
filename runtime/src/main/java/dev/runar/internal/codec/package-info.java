/** Values to bytes and back, and configuration files. The only package that reads JSON values. */
@NullMarked
package dev.runar.internal.codec;

import org.jspecify.annotations.NullMarked;
