package dev.runar.internal.boot;

import dev.runar.NodeConfig;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;

/**
 * The level of the log that the node's messages go to. It belongs to the program around the node:
 * {@code runar run} sets it from {@code logging.level}, any other program by its own means, and the
 * node does not change it behind the program's back. Stateless; any thread.
 */
final class LogLevel {
  /** The roots of what the node logs: by itself, and for scripts and services. */
  private static final List<String> ROOTS = List.of("dev.runar", "runar");

  private LogLevel() {}

  /** Warns of a level that was asked for and that the log does not follow. */
  static void check(NodeConfig.Logging wanted, Logger log) {
    if (wanted.equals(NodeConfig.Logging.DEFAULT)) {
      return; // nobody asked for anything
    }
    for (String root : ROOTS) {
      String inForce = inForce(System.getLogger(root));
      if (!inForce.equals(wanted.level())) {
        log.log(
            Level.WARNING,
            "logging.level=%s has no effect: the log of \"%s\" follows %s; %s"
                .formatted(
                    wanted.level(),
                    root,
                    inForce,
                    "set it in this program's logging, or with runar run --log-level"));
        return;
      }
    }
  }

  /** The name of the finest level that is logged. */
  private static String inForce(Logger log) {
    if (log.isLoggable(Level.TRACE)) {
      return "trace";
    }
    if (log.isLoggable(Level.DEBUG)) {
      return "debug";
    }
    if (log.isLoggable(Level.INFO)) {
      return "info";
    }
    if (log.isLoggable(Level.WARNING)) {
      return "warn";
    }
    return log.isLoggable(Level.ERROR) ? "error" : "off";
  }
}
