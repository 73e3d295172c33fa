package dev.runar.cli;

import dev.runar.Payload;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One finding of {@code doctor}.
 *
 * @param level how bad it is
 * @param subject what was looked at
 * @param finding what was found
 * @param advice what to do; empty when all is well
 */
record Check(Level level, String subject, String finding, String advice) {
  /** How bad a finding is. */
  enum Level {
    OK,
    /** Works, less well than it could. */
    WARN,
    /** Does not work. */
    FAIL
  }

  static Check ok(String subject, String finding) {
    return new Check(Level.OK, subject, finding, "");
  }

  static Check warn(String subject, String finding, String advice) {
    return new Check(Level.WARN, subject, finding, advice);
  }

  static Check fail(String subject, String finding, String advice) {
    return new Check(Level.FAIL, subject, finding, advice);
  }

  /** One line for people. */
  String line() {
    return "%-4s  %-14s  %s%s"
        .formatted(
            shownLevel(),
            subject,
            finding,
            advice.isEmpty() ? "" : "\n" + " ".repeat(22) + "-> " + advice);
  }

  Map<String, @Nullable Object> asMap() {
    return Payload.object(
            "level", shownLevel(), "subject", subject, "finding", finding, "advice", advice)
        .asMap();
  }

  private String shownLevel() {
    return level.name().toLowerCase(Locale.ROOT);
  }
}
