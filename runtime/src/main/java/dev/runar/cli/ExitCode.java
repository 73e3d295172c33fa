package dev.runar.cli;

import dev.runar.RunarException.Code;
import java.util.LinkedHashMap;
import java.util.Map;

/** Every exit code of the command; {@code runar help} and docs/cli.md list them. */
enum ExitCode {
  OK(0, "success; also a node or tail that was asked to end by SIGINT, SIGTERM or SIGHUP"),
  FAILED(1, "a handler threw, a script did not load; a test, check, diff or doctor found a fault"),
  USAGE(2, "unknown command or option, or a value that does not fit"),
  DATA(65, "the payload or the path is refused: INVALID_INPUT, INVALID_PATH, TOO_LARGE"),
  NOT_FOUND(66, "no such file, service or action"),
  UNAVAILABLE(69, "no node is running, or it stopped: NOT_RUNNING, SHUTDOWN, CONTEXT_GONE"),
  INTERNAL(70, "a fault of Runar itself: INTERNAL, PROTOCOL"),
  OVERLOADED(75, "a queue is full, try again later; also an event that some handlers refused"),
  PERMISSION(77, "not allowed: PERMISSION_DENIED"),
  CONFIG(78, "the configuration is wrong: an unknown key, a port in use, a node name taken"),
  TIMEOUT(124, "the time was up"),
  CANCELLED(130, "cancelled, or ended at once by a second signal");

  private final int number;
  private final String meaning;

  ExitCode(int number, String meaning) {
    this.number = number;
    this.meaning = meaning;
  }

  int number() {
    return number;
  }

  /** Meanings by number, in order. */
  static Map<String, String> table() {
    var table = new LinkedHashMap<String, String>();
    for (ExitCode code : values()) {
      table.put(Integer.toString(code.number), code.meaning);
    }
    return table;
  }

  /** The exit code for an error. */
  static ExitCode of(Code code) {
    return switch (code) {
      case HANDLER_FAILED, SCRIPT, DUPLICATE, MEMORY_LIMIT -> FAILED;
      case INVALID_INPUT, INVALID_PATH, TOO_LARGE, UNSUPPORTED_VALUE -> DATA;
      case NOT_FOUND -> NOT_FOUND;
      case NOT_RUNNING, SHUTDOWN, CONTEXT_GONE -> UNAVAILABLE;
      case INTERNAL, PROTOCOL -> INTERNAL;
      case OVERLOADED -> OVERLOADED;
      case PERMISSION_DENIED -> PERMISSION;
      case CONFIG -> CONFIG;
      case TIMEOUT -> TIMEOUT;
      case CANCELLED -> CANCELLED;
    };
  }
}
