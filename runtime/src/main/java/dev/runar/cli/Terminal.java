package dev.runar.cli;

import java.io.InputStream;
import java.io.PrintStream;

/**
 * The three streams of a command.
 *
 * @param in standard input
 * @param out results, and nothing else
 * @param err errors and remarks
 * @param colours which of them may have colours
 */
record Terminal(InputStream in, PrintStream out, PrintStream err, Colours colours) {
  /** Streams without colours. */
  Terminal(InputStream in, PrintStream out, PrintStream err) {
    this(in, out, err, Colours.NONE);
  }
}
