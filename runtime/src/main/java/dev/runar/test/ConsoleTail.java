package dev.runar.test;

import dev.runar.spi.ScriptConsole;
import java.util.ArrayDeque;
import java.util.Deque;

/** The last lines that scripts wrote since a test began. Any thread. */
final class ConsoleTail implements ScriptConsole {
  private static final int MAX_CHARACTERS = 64 << 10;

  private final Deque<String> messages = new ArrayDeque<>(); // guarded by this
  private int characters; // guarded by this
  private int leftOut; // guarded by this

  /** A test begins: what was written before is not its. Of tests at a time, the last to begin. */
  synchronized void begin() {
    messages.clear();
    characters = 0;
    leftOut = 0;
  }

  @Override
  public synchronized void write(String text, boolean isError) {
    messages.add(text.length() <= MAX_CHARACTERS ? text : text.substring(0, MAX_CHARACTERS));
    characters += messages.getLast().length();
    while (characters > MAX_CHARACTERS) {
      characters -= messages.remove().length();
      leftOut++;
    }
  }

  /** Shows what was written below the failure's stack. */
  synchronized void attachTo(Throwable failure) {
    if (!messages.isEmpty()) {
      String before = leftOut == 0 ? "" : "… " + leftOut + " messages before\n";
      failure.addSuppressed(new ScriptOutput(before + String.join("\n", messages)));
    }
  }

  /** What scripts wrote, in the place where a failed test is looked at. */
  private static final class ScriptOutput extends Throwable {
    private static final long serialVersionUID = 1L;

    ScriptOutput(String text) {
      super("the scripts wrote:\n" + text, null, false, false);
    }
  }
}
