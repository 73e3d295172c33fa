package dev.runar.internal.script.module;

/**
 * A place in a source file; line and column count from 1, columns in UTF-16 units. Immutable.
 *
 * @param file the absolute path, or the virtual path of a module that is no file
 */
public record Position(String file, int line, int column) {
  @Override
  public String toString() {
    return file + ":" + line + ":" + column;
  }
}
