package dev.runar.internal.script.console;

/** Where the lines of consoles go. Any thread; consoles of several contexts share one. */
@FunctionalInterface
public interface ConsoleSink {
  /** How urgent a message is. */
  enum Level {
    DEBUG,
    LOG,
    INFO,
    WARN,
    ERROR;

    /** Whether Node writes messages of this level to the standard error stream. */
    public boolean isError() {
      return this == WARN || this == ERROR;
    }
  }

  /**
   * Takes one message of one or more lines, the last without its line end. The sink writes the
   * message and a line end in one piece, so that messages of two contexts never mix. It is called
   * in the middle of a script: it must not throw and should not block.
   */
  void write(Level level, String text);
}
