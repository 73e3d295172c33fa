package dev.runar.internal.boot;

import dev.runar.internal.script.console.ConsoleSink;
import java.io.PrintStream;

/** Takes the consoles of scripts to this process's own streams, one message in one piece. */
final class StandardConsole implements ConsoleSink {
  @Override
  public void write(Level level, String text) {
    PrintStream stream = level.isError() ? System.err : System.out;
    stream.print(text + "\n");
    stream.flush();
  }
}
