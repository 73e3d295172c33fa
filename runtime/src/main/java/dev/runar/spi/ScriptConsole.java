package dev.runar.spi;

/**
 * Takes what scripts write to their consoles. Called in the middle of a script, by owner threads:
 * it must not throw and should not block.
 */
@FunctionalInterface
public interface ScriptConsole {
  /**
   * Takes one message of one or more lines, without its last line end.
   *
   * @param isError whether Node.js would write it to the standard error stream
   */
  void write(String text, boolean isError);

  /** The streams of this process. */
  static ScriptConsole standard() {
    return (text, isError) -> {
      var stream = isError ? System.err : System.out;
      stream.print(text + "\n");
      stream.flush();
    };
  }
}
