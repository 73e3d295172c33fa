package dev.runar.cli;

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
 */
final class NodeLog extends Handler {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss.SSS", Locale.ROOT).withZone(ZoneId.systemDefault());

  private final PrintStream err;

  private NodeLog(PrintStream err) {
    this.err = err;
    setFormatter(new Line());
  }

  /** Sends everything that is logged in this process from {@code level} on to {@code err}. */
  static void install(String level, PrintStream err) {
    LogManager.getLogManager().reset();
    Logger root = Logger.getLogger("");
    root.setLevel(julLevel(level));
    root.addHandler(new NodeLog(err));
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
    @Override
    public String format(LogRecord record) {
      var line = new StringBuilder(128);
      TIME.formatTo(Instant.ofEpochMilli(record.getMillis()), line);
      line.append(' ').append(shown(record.getLevel())).append(' ');
      line.append(record.getLoggerName()).append(' ').append(formatMessage(record)).append('\n');
      for (Throwable t = record.getThrown(); t != null; t = t.getCause()) {
        line.append("  ").append(t).append('\n');
        for (StackTraceElement frame : t.getStackTrace()) {
          line.append("    at ").append(frame).append('\n');
        }
      }
      return line.toString();
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
