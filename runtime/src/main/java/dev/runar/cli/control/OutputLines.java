package dev.runar.cli.control;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * What a shell says on its way to one terminal. Answers are kept; of what it prints, what is too
 * much for a slow terminal is left out and counted. Any thread adds, one takes.
 */
final class OutputLines {
  static final int MAX_PRINTED = 1_024;
  static final int MAX_CHARACTERS = 4 << 20;

  /** What the reader finds. */
  sealed interface Entry {}

  /** Printed by the script. */
  record Printed(String text) implements Entry {}

  /** So much is missing here. */
  record Missing(long prints) implements Entry {}

  /** An answer, ready to be written. */
  record Ready(Runnable write) implements Entry {}

  private final ArrayDeque<Entry> entries = new ArrayDeque<>();
  private int printed;
  private int characters;
  private long missing;
  private boolean closed;

  synchronized void print(String text) {
    if (printed >= MAX_PRINTED || characters + text.length() > MAX_CHARACTERS) {
      missing++;
      return;
    }
    addMissing();
    entries.add(new Printed(text));
    printed++;
    characters += text.length();
    notifyAll();
  }

  /** There are as many as requests under way, which are bounded. */
  synchronized void answer(Runnable write) {
    addMissing();
    entries.add(new Ready(write));
    notifyAll();
  }

  private void addMissing() {
    if (missing > 0) {
      entries.add(new Missing(missing));
      missing = 0;
    }
  }

  /** The next entry; null once closed. Blocks. */
  synchronized @Nullable Entry take() throws InterruptedException {
    while (!closed && entries.isEmpty()) {
      wait();
    }
    Entry next = closed ? null : entries.poll();
    if (next instanceof Printed(String text)) {
      printed--;
      characters -= text.length();
    }
    return next;
  }

  synchronized void close() {
    closed = true;
    notifyAll();
  }
}
