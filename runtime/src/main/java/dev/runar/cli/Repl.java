package dev.runar.cli;

import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.Shell;
import dev.runar.Shell.Answer;
import dev.runar.Shell.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Reads lines, has them evaluated, shows the answers. One thread. */
final class Repl {
  private static final String PROMPT = "> ";
  private static final String CONTINUED = "... ";

  /** Lines that {@code .save} writes. */
  private static final int MAX_SAVED = 10_000;

  private static final String HELP =
      """
      .break    Give up what was typed so far
      .clear    Begin anew, in a fresh context
      .editor   Type several lines, then Ctrl-D
      .exit     Leave
      .help     This
      .load     Evaluate a file: .load FILE
      .save     Write what was evaluated to a file: .save FILE
      Ctrl-C gives up a line or ends one that runs, Ctrl-D leaves. node, services and the SDK are here.\
      """;

  private final LineSource lines;
  private final Supplier<Shell> open;
  private final ArrayDeque<String> evaluated = new ArrayDeque<>();
  private volatile @Nullable Shell shell;
  private String typed = "";
  private boolean failed;
  private boolean left;

  /**
   * A conversation that has not begun.
   *
   * @param open makes a shell: the first, and another one when one was ended
   */
  Repl(LineSource lines, Supplier<Shell> open) {
    this.lines = lines;
    this.open = open;
  }

  /** The shell that lines go to; opened when it is first needed. Any thread. */
  synchronized Shell shell() {
    Shell known = shell;
    if (known == null) {
      known = open.get();
      shell = known;
    }
    return known;
  }

  /** Until the lines end; whether all of them went well. */
  boolean run() {
    lines.whenInterrupted(
        () -> {
          Shell known = shell;
          if (known != null) {
            known.interrupt();
          }
        });
    try {
      while (!left) {
        step();
      }
    } finally {
      close();
    }
    return !failed;
  }

  private void step() {
    try {
      String line = lines.next(typed.isEmpty() ? PROMPT : CONTINUED);
      if (line == null) {
        end();
      } else if (typed.isEmpty() && line.strip().matches("\\.[a-z]+(\\s.*)?")) {
        command(line.strip());
      } else if (!typed.isEmpty() && line.strip().equals(".break")) {
        typed = "";
      } else {
        evaluate(typed + line, true);
      }
    } catch (LineSource.Interrupted e) {
      if (typed.isEmpty()) {
        lines.show("(to leave, press Ctrl-D or type .exit)");
      }
      typed = "";
    }
  }

  /** What is left unfinished is evaluated as it stands, which says what is missing. */
  private void end() {
    left = true;
    if (!typed.isBlank()) {
      failed = true;
      lines.showError("Uncaught SyntaxError: the input ends in the middle of a line");
    }
  }

  private void evaluate(String text, boolean mayGoOn) {
    typed = "";
    if (text.isBlank()) {
      return;
    }
    try {
      Answer answer = shell().evaluate(text).join();
      if (answer.outcome() == Outcome.INCOMPLETE && mayGoOn) {
        typed = text + "\n";
        return;
      }
      keep(text);
      show(answer);
    } catch (CompletionException e) {
      failed(e.getCause() instanceof RunarException error ? error : internal(e));
    }
  }

  private static RunarException internal(Throwable failure) {
    return new RunarException(Code.INTERNAL, String.valueOf(failure), failure);
  }

  private void keep(String text) {
    if (evaluated.size() == MAX_SAVED) {
      evaluated.removeFirst();
    }
    evaluated.addLast(text);
  }

  private void show(Answer answer) {
    switch (answer.outcome()) {
      case VALUE -> {
        if (lines.isInteractive() || !answer.text().equals("undefined")) {
          lines.showValue(answer.text());
        }
      }
      case ERROR -> {
        failed = true;
        lines.showError(answer.text());
      }
      case INCOMPLETE -> {
        failed = true;
        lines.showError("Uncaught SyntaxError: it ends in the middle of something");
      }
    }
  }

  /** A context that was ended takes with it what was declared; a node that is gone is the end. */
  private void failed(RunarException error) {
    failed = true;
    lines.showError("runar: " + error.code() + ": " + error.getMessage());
    switch (error.code()) {
      case CONTEXT_GONE -> {
        close();
        lines.showError("the next line begins anew, in a fresh context");
      }
      case NOT_RUNNING, SHUTDOWN -> left = true;
      default -> {
        // The shell is still there.
      }
    }
  }

  private void command(String line) {
    String[] words = line.split("\\s+", 2);
    String argument = words.length > 1 ? words[1].strip() : "";
    switch (words[0]) {
      case ".exit" -> left = true;
      case ".help" -> lines.show(HELP);
      case ".break" -> typed = "";
      case ".clear" -> close();
      case ".editor" -> editor();
      case ".load" -> load(argument);
      case ".save" -> save(argument);
      default -> lines.showError("there is no command " + words[0] + "; .help lists them");
    }
  }

  private void editor() {
    lines.show("// Ctrl-D ends and evaluates, Ctrl-C gives up");
    var text = new StringBuilder();
    try {
      for (String line = lines.next(""); line != null; line = lines.next("")) {
        text.append(line).append('\n');
      }
      evaluate(text.toString(), false);
      left = !lines.isInteractive();
    } catch (LineSource.Interrupted e) {
      lines.show("");
    }
  }

  private void load(String file) {
    try {
      evaluate(Files.readString(Path.of(file)), false);
    } catch (NoSuchFileException e) {
      notDone("there is no file " + file);
    } catch (IOException e) {
      notDone("cannot read " + file + ": " + e.getMessage());
    }
  }

  private void save(String file) {
    try {
      Files.writeString(Path.of(file), String.join("\n", evaluated) + "\n");
      lines.show("saved to " + file);
    } catch (IOException e) {
      notDone("cannot write " + (file.isEmpty() ? "without a name: .save FILE" : file));
    }
  }

  private void notDone(String why) {
    failed = true;
    lines.showError(why);
  }

  private synchronized void close() {
    Shell known = shell;
    shell = null;
    if (known != null) {
      known.close();
    }
  }
}
