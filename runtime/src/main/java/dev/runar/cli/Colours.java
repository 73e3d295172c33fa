package dev.runar.cli;

import java.io.Console;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Which of the two output streams may have colours. Each is decided apart: one may be a terminal
 * and the other a file. Immutable.
 *
 * @param out standard output
 * @param err standard error
 */
record Colours(boolean out, boolean err) {
  /** Neither. */
  static final Colours NONE = new Colours(false, false);

  /**
   * What the environment says: {@code FORCE_COLOR} (0 or {@code false} for none, anything else for
   * colours) goes before {@code NO_COLOR}, as in Node.js, and that before {@code TERM=dumb}.
   *
   * @param isTerminal whether standard output and standard error are terminals
   */
  static Colours of(Map<String, String> environment, Colours isTerminal) {
    String forced = environment.get("FORCE_COLOR");
    if (forced != null) {
      boolean on = !forced.equals("0") && !forced.equalsIgnoreCase("false");
      return new Colours(on, on);
    }
    boolean refused =
        !environment.getOrDefault("NO_COLOR", "").isEmpty()
            || environment.getOrDefault("TERM", "").equals("dumb");
    return refused ? NONE : isTerminal;
  }

  /** Which streams of this process are terminals. */
  static Colours ofProcess() {
    return new Colours(isTerminal(1), isTerminal(2));
  }

  /** The JDK only tells of both streams together; Linux names the device of each. */
  private static boolean isTerminal(int descriptor) {
    try {
      Path device = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor));
      return device.startsWith("/dev/pts") || device.toString().matches("/dev/(tty.*|console)");
    } catch (IOException | UnsupportedOperationException elsewhere) {
      return Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false);
    }
  }
}
