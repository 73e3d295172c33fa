package dev.runar.cli.report;

import dev.runar.TestEvent.Failure;
import java.util.ArrayList;
import java.util.List;

/** A failure as people read it: what, where with the source, the difference, the stack. Pure. */
final class FailureText {
  private FailureText() {}

  static List<String> of(Failure failure, Ink ink) {
    var lines = new ArrayList<String>();
    head(failure).lines().forEach(lines::add);
    failure
        .difference()
        .filter(sides -> !sides.actual().equals(sides.expected()))
        .ifPresent(
            sides -> {
              lines.add(ink.green("+ actual") + " " + ink.red("- expected"));
              LineDifference.of(sides.actual(), sides.expected())
                  .forEach(line -> lines.add(colored(line, ink)));
            });
    failure.frame().lines().forEach(lines::add);
    failure.stack().forEach(line -> lines.add(ink.gray("    " + line)));
    failure.causes().forEach(cause -> ("caused by: " + cause).lines().forEach(lines::add));
    return lines;
  }

  private static String colored(String line, Ink ink) {
    if (line.startsWith("+")) {
      return ink.green(line);
    }
    return line.startsWith("-") ? ink.red(line) : line;
  }

  /** As Node.js begins: {@code AssertionError [ERR_ASSERTION]: message}. */
  private static String head(Failure failure) {
    String code = failure.code().isEmpty() ? "" : " [" + failure.code() + "]";
    String message = message(failure).stripTrailing();
    return failure.name().isEmpty() ? message : failure.name() + code + ": " + message;
  }

  /** A message that assert has made shows both sides too; the difference shows them better. */
  private static String message(Failure failure) {
    String message = failure.message();
    int end = message.indexOf(":\n\n");
    boolean isGenerated = message.startsWith("Expected ") && end >= 0;
    return failure.difference().isPresent() && isGenerated
        ? message.substring(0, end + 1)
        : message;
  }
}
