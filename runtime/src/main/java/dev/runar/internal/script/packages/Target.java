package dev.runar.internal.script.packages;

import java.nio.file.Path;

/** What an import of a package means. Immutable. */
public sealed interface Target {
  /** This file and no other. */
  record Exact(Path file) implements Target {}

  /** This file, with or without an extension, or the index of this folder. */
  record Like(Path path) implements Target {}

  /** Another specifier, of a package or of a module of Node.js. */
  record Other(String specifier) implements Target {}
}
