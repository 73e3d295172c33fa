/** npm packages on disk: their package.json, and which file an import of them means. */
@NullMarked
package dev.runar.internal.script.packages;

import org.jspecify.annotations.NullMarked;
