package dev.runar.cli;

import java.io.InputStream;
import java.io.PrintStream;

/**
 * The three streams of a command.
 *
 * @param in standard input
 * @param out results, and nothing else
 * @param err errors and remarks
 */
record Terminal(InputStream in, PrintStream out, PrintStream err) {}
