package dev.runar.internal.script;

import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;

/** Takes the engine's own log to the node's. Any thread. */
final class OutputLog extends Handler {
  static final OutputLog INSTANCE = new OutputLog();

  private OutputLog() {}

  @Override
  public void publish(LogRecord record) {
    System.Logger.Level level =
        record.getLevel().intValue() >= Level.SEVERE.intValue()
            ? System.Logger.Level.ERROR
            : record.getLevel().intValue() >= Level.WARNING.intValue()
                ? System.Logger.Level.WARNING
                : System.Logger.Level.DEBUG;
    System.getLogger("dev.runar.script.engine").log(level, record.getMessage());
  }

  @Override
  public void flush() {}

  @Override
  public void close() {}
}
