package dev.runar.cli;

import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.Shell;
import dev.runar.cli.report.Ink;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jline.reader.Candidate;
import org.jline.reader.CompletingParsedLine;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.ParsedLine;
import org.jline.reader.Parser;
import org.jline.reader.UserInterruptException;
import org.jline.terminal.Terminal.Signal;
import org.jline.terminal.TerminalBuilder;
import org.jspecify.annotations.Nullable;

/**
 * Lines that somebody edits at a terminal, with a history in a file and completion by the shell.
 * The only class that knows JLine; nothing of it is loaded before.
 */
final class TerminalLines implements LineSource {
  private static final int MAX_HISTORY = 1_000;
  private static final long COMPLETION_PATIENCE_MS = 2_000;

  /** What is completed: the text of a path, or the last name. */
  private static final Pattern PATH =
      Pattern.compile(".*(?:request|publish|subscribe|on|once)\\(\\s*[\"'`]([^\"'`]*)");

  private static final Pattern NAME = Pattern.compile(".*?([\\w$]*)", Pattern.DOTALL);

  private final org.jline.terminal.Terminal terminal;
  private final LineReader reader;
  private final Ink ink;

  /**
   * Lines of a terminal.
   *
   * @param shell the one that completes
   * @param history where lines are kept; null: nowhere
   */
  TerminalLines(
      org.jline.terminal.Terminal terminal,
      Ink ink,
      Supplier<Shell> shell,
      @Nullable Path history) {
    this.terminal = terminal;
    this.ink = ink;
    var builder =
        LineReaderBuilder.builder()
            .terminal(terminal)
            .appName("runar")
            .parser(new WordParser())
            .completer((at, line, found) -> complete(shell.get(), line, found))
            .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
            .option(LineReader.Option.HISTORY_IGNORE_SPACE, false)
            .variable(LineReader.HISTORY_SIZE, MAX_HISTORY)
            .variable(LineReader.HISTORY_FILE_SIZE, MAX_HISTORY);
    if (history != null) {
      builder.variable(LineReader.HISTORY_FILE, history);
    }
    this.reader = builder.build();
  }

  /** Lines of the terminal that the process was started at. */
  static TerminalLines ofProcess(Supplier<Shell> shell, Ink ink, @Nullable Path history) {
    try {
      var terminal = TerminalBuilder.builder().system(true).nativeSignals(true).build();
      return new TerminalLines(terminal, ink, shell, history);
    } catch (IOException e) {
      throw new RunarException(Code.INTERNAL, "the terminal cannot be used: " + e.getMessage(), e);
    }
  }

  private static void complete(Shell shell, ParsedLine line, List<Candidate> found) {
    try {
      String begun = line.line().substring(0, line.cursor());
      var completion = shell.complete(begun).get(COMPLETION_PATIENCE_MS, TimeUnit.MILLISECONDS);
      for (String name : completion.candidates()) {
        found.add(new Candidate(name, name, null, null, null, null, false));
      }
    } catch (ExecutionException | TimeoutException e) {
      // Nothing is offered while the shell is busy or gone; the next line says so.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public @Nullable String next(String prompt) throws Interrupted {
    try {
      return reader.readLine(prompt);
    } catch (UserInterruptException e) {
      throw new Interrupted();
    } catch (EndOfFileException e) {
      return null;
    }
  }

  @Override
  public void show(String text) {
    write(text);
  }

  @Override
  public void showValue(String text) {
    write(ink.colored() ? InspectPaint.of(text, ink) : text);
  }

  @Override
  public void showError(String text) {
    write(ink.red(text));
  }

  private void write(String text) {
    if (reader.isReading()) {
      reader.printAbove(text);
    } else {
      terminal.writer().println(text);
      terminal.flush();
    }
  }

  @Override
  public boolean isInteractive() {
    return true;
  }

  @Override
  public void whenInterrupted(Runnable callback) {
    terminal.handle(Signal.INT, signal -> callback.run());
  }

  @Override
  public void close() {
    try {
      terminal.close();
    } catch (IOException e) {
      throw new RunarException(Code.INTERNAL, "the terminal cannot be restored", e);
    }
  }

  /** A line is one word up to what is completed, and that. */
  private static final class WordParser implements Parser {
    @Override
    public ParsedLine parse(String line, int cursor, ParseContext context) {
      String before = line.substring(0, cursor);
      Matcher path = PATH.matcher(before);
      Matcher name = NAME.matcher(before);
      String word = path.matches() ? path.group(1) : name.matches() ? name.group(1) : "";
      return new Word(word, line, cursor);
    }
  }

  /** What is completed in a line. */
  private record Word(String word, String line, int cursor) implements CompletingParsedLine {
    @Override
    public CharSequence escape(CharSequence candidate, boolean complete) {
      return candidate;
    }

    @Override
    public int rawWordCursor() {
      return word.length();
    }

    @Override
    public int rawWordLength() {
      return word.length();
    }

    @Override
    public int wordCursor() {
      return word.length();
    }

    @Override
    public int wordIndex() {
      return 0;
    }

    @Override
    public List<String> words() {
      return List.of(word);
    }
  }
}
