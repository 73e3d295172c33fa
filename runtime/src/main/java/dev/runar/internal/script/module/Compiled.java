package dev.runar.internal.script.module;

/**
 * What the compiler makes of a TypeScript file. Immutable.
 *
 * @param code JavaScript
 * @param mappings the {@code mappings} of its source map
 */
record Compiled(String code, String mappings) {
  /** About how many bytes of heap it takes. */
  long bytes() {
    return 2L * (code.length() + mappings.length()) + 64;
  }
}
