package dev.runar.cli;

import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.Shell;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Lines of a file or a pipe: values go to standard output, errors to standard error. */
final class PlainLines implements LineSource {
  private final Terminal terminal;
  private final BufferedReader in;

  PlainLines(Terminal terminal) {
    this.terminal = terminal;
    this.in = new BufferedReader(new InputStreamReader(terminal.in(), StandardCharsets.UTF_8));
  }

  @Override
  public @Nullable String next(String prompt) {
    var line = new StringBuilder();
    try {
      for (int c = in.read(); c != '\n'; c = in.read()) {
        if (c < 0) {
          return line.isEmpty() ? null : line.toString();
        }
        if (line.length() >= Shell.MAX_LINE) {
          throw new RunarException(
              Code.TOO_LARGE, "a line of a shell has at most " + Shell.MAX_LINE + " characters");
        }
        line.append((char) c);
      }
      return line.toString();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read standard input", e);
    }
  }

  @Override
  public void show(String text) {
    terminal.out().println(text);
  }

  @Override
  public void showValue(String text) {
    show(text);
  }

  @Override
  public void showError(String text) {
    terminal.err().println(text);
  }

  @Override
  public boolean isInteractive() {
    return false;
  }

  /** Ctrl-C ends the process, as it does with others that read a pipe. */
  @Override
  public void whenInterrupted(Runnable callback) {}

  @Override
  public void close() {}
}
