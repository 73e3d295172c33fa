package dev.runar.internal.script.module;

/** Turns the text of a TypeScript module into JavaScript. Any thread. */
interface TypeScript {
  /** Names the compiler, its version and its options: equal names make equal output. */
  String identity();

  /**
   * Compiles one module.
   *
   * @throws SyntaxException if the text is not TypeScript
   * @throws UnavailableException if this machine has no compiler
   */
  Compiled compile(String source) throws SyntaxException, UnavailableException;

  /** Where and why a text is not TypeScript; line and column count from 1. */
  final class SyntaxException extends Exception {
    private static final long serialVersionUID = 1L;

    final int line;
    final int column;

    SyntaxException(String message, int line, int column) {
      super(message);
      this.line = line;
      this.column = column;
    }
  }

  /** This machine has no compiler. */
  final class UnavailableException extends Exception {
    private static final long serialVersionUID = 1L;

    UnavailableException(String message, Throwable cause) {
      super(message, cause);
    }
  }
}
