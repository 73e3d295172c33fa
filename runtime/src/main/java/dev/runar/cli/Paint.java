package dev.runar.cli;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Colours for text that people read: errors, code frames, stacks. Without colours it gives the text
 * as it is. Immutable; any thread.
 */
final class Paint {
  private static final String RED = "\u001b[31m";
  private static final String YELLOW = "\u001b[33m";
  private static final String CYAN = "\u001b[36m";
  private static final String BOLD = "\u001b[1m";
  private static final String DIM = "\u001b[2m";
  private static final String RESET = "\u001b[0m";

  /** A line of a code frame: its margin and the source; a line without a number has the caret. */
  private static final Pattern FRAME = Pattern.compile("( *)(> )?( *\\d* \\|)(.*)");

  private static final Pattern STACK = Pattern.compile(" *(at .*|called by)");
  private static final Pattern HEAD =
      Pattern.compile("((?:runar|caused by|error \\d+ of \\d+|uncaught in [^:]*): )(.*)");

  private final boolean on;

  Paint(boolean on) {
    this.on = on;
  }

  /** The text of an error, several lines. */
  String error(String text) {
    if (!on) {
      return text;
    }
    var painted = new StringBuilder(text.length() + 128);
    for (String line : text.split("\n", -1)) {
      painted.append(painted.isEmpty() ? "" : "\n").append(errorLine(line));
    }
    return painted.toString();
  }

  private static String errorLine(String line) {
    Matcher frame = FRAME.matcher(line);
    if (frame.matches()) {
      String mark = frame.group(2) == null ? "" : RED + BOLD + frame.group(2) + RESET;
      String source = frame.group(4).strip().equals("^") ? red(frame.group(4)) : frame.group(4);
      return frame.group(1) + mark + DIM + frame.group(3) + RESET + source;
    }
    if (STACK.matcher(line).matches()) {
      return DIM + line + RESET;
    }
    Matcher head = HEAD.matcher(line.stripLeading());
    if (head.matches()) {
      String indent = line.substring(0, line.length() - line.stripLeading().length());
      return indent + red(head.group(1)) + BOLD + head.group(2) + RESET;
    }
    return line;
  }

  private static String red(String text) {
    return RED + text + RESET;
  }

  /** The level of a line of the log, by its name. */
  String level(String level) {
    if (!on) {
      return level;
    }
    return switch (level.strip()) {
      case "error" -> RED + BOLD + level + RESET;
      case "warn" -> YELLOW + level + RESET;
      case "info" -> CYAN + level + RESET;
      default -> DIM + level + RESET;
    };
  }

  /** What is there for completeness: a time, the name of a logger. */
  String faint(String text) {
    return on ? DIM + text + RESET : text;
  }
}
