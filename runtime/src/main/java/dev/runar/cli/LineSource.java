package dev.runar.cli;

import org.jspecify.annotations.Nullable;

/** Where the lines of a shell come from, and where its answers are shown. */
interface LineSource extends AutoCloseable {
  /**
   * The next line; null at the end. Blocks.
   *
   * @throws Interrupted when the user gives up what was typed so far
   */
  @Nullable String next(String prompt) throws Interrupted;

  /** Shows what the script prints, or a remark. Any thread. */
  void show(String text);

  /** Shows the value of a line. */
  void showValue(String text);

  /** Shows what went wrong. */
  void showError(String text);

  /**
   * Whether somebody sits there: only then a prompt, a greeting and {@code undefined} are shown.
   */
  boolean isInteractive();

  /** From now on Ctrl-C does this. */
  void whenInterrupted(Runnable callback);

  @Override
  void close();

  /** Ctrl-C at the prompt. */
  final class Interrupted extends Exception {
    private static final long serialVersionUID = 1L;
  }
}
