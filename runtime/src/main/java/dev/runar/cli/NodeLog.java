package dev.runar.cli;

import dev.runar.PlainText;
import java.io.PrintStream;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/**
 * Writes the log of the process, one line for each record: {@code time level logger message}. Any
 * thread.
 *
 * <p>Whatever a script or a client has put into a message stays in its record: control characters
 * are spelled out, further lines are indented, so that none of them can pass for a record, and a
 * message is cut at 16 KiB.
 */
final class NodeLog extends Handler {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss.SSS", Locale.ROOT).withZone(ZoneId.systemDefault());

  private final PrintStream err;

  private NodeLog(Terminal terminal) {
    this.err = terminal.err();
    setFormatter(new Line(new Paint(terminal.colours().err())));
  }

  /** Sends everything that is logged in this process from {@code level} on to standard error. */
  static void install(String level, Terminal terminal) {
    LogManager.getLogManager().reset();
    Logger root = Logger.getLogger("");
    root.setLevel(julLevel(level));
    root.addHandler(new NodeLog(terminal));
  }

  private static Level julLevel(String level) {
    return switch (level) {
      case "error" -> Level.SEVERE;
      case "warn" -> Level.WARNING;
      case "debug" -> Level.FINE;
      case "trace" -> Level.FINER;
      case "off" -> Level.OFF;
      default -> Level.INFO;
    };
  }

  @Override
  public void publish(LogRecord record) {
    if (isLoggable(record)) {
      err.print(getFormatter().format(record));
    }
  }

  @Override
  public void flush() {
    err.flush();
  }

  @Override
  public void close() {
    flush();
  }

  /** {@code 12:00:01.123 warn runar.node message}; the stack of a throwable follows, indented. */
  static final class Line extends Formatter {
    private static final int MAX_MESSAGE = 16_384;

    private final Paint paint;

    Line(Paint paint) {
      this.paint = paint;
    }

    @Override
    public String format(LogRecord record) {
      var line = new StringBuilder(128);
      line.append(paint.faint(TIME.format(Instant.ofEpochMilli(record.getMillis()))));
      line.append(' ').append(paint.level(shown(record.getLevel()))).append(' ');
      line.append(paint.faint(record.getLoggerName())).append(' ');
      line.append(paint.error(message(record))).append('\n');
      for (Throwable t = record.getThrown(); t != null; t = t.getCause()) {
        line.append("  ").append(indented(String.valueOf(t))).append('\n');
        for (StackTraceElement frame : t.getStackTrace()) {
          line.append("    at ").append(frame).append('\n');
        }
      }
      return line.toString();
    }

    private String message(LogRecord record) {
      String message = formatMessage(record);
      return indented(
          message.length() <= MAX_MESSAGE ? message : message.substring(0, MAX_MESSAGE) + "…");
    }

    /** A line that begins with a space is of a stack or a code frame. */
    private static String indented(String message) {
      return PlainText.ofLines(message).replaceAll("\n(?! {2})", "\n    ");
    }

    private static String shown(Level level) {
      int value = level.intValue();
      if (value >= Level.SEVERE.intValue()) {
        return "error";
      }
      if (value >= Level.WARNING.intValue()) {
        return "warn ";
      }
      if (value >= Level.INFO.intValue()) {
        return "info ";
      }
      return value >= Level.FINE.intValue() ? "debug" : "trace";
    }
  }
}
