package dev.runar;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A failure as a person reads it, see {@link RunarException#report}. Pure; any thread. */
final class FailureReport {
  private static final int MAX_DEPTH = 10;
  private static final int MAX_FRAMES = 64;
  private static final int MAX_LENGTH = 65_536;

  /** An excerpt of every cause would hide the stacks: the error and what led to it have one. */
  private static final int EXCERPTS = 2;

  private final StringBuilder text = new StringBuilder(512);

  private FailureReport() {}

  static String of(RunarException failure) {
    var report = new FailureReport();
    report.add(failure, head(failure), "", 0);
    return report.text.toString();
  }

  /** The class where it was thrown says more than that a handler failed. */
  private static String head(RunarException failure) {
    String message = String.valueOf(failure.getMessage());
    return failure.code() == RunarException.Code.HANDLER_FAILED
        ? failure.remoteName().map(name -> name + ": " + message).orElse(message)
        : failure.code() + ": " + message;
  }

  private void add(RunarException failure, String head, String indent, int depth) {
    // Further lines of a message are the script's own text: they must not look like ours.
    boolean isScripts = failure.code() == RunarException.Code.HANDLER_FAILED;
    lines(head, indent, isScripts ? indent + "    " : indent);
    if (depth < EXCERPTS) {
      failure.excerpt().ifPresent(excerpt -> lines(excerpt, indent + "  ", indent + "  "));
    }
    frames(failure).forEach(frame -> line(indent + "    " + frame));
    if (depth >= MAX_DEPTH) {
      return;
    }
    Throwable[] others = failure.getSuppressed();
    for (int i = 0; i < others.length; i++) {
      String label = "error " + (i + 1) + " of " + others.length + ": ";
      nested(others[i], label, indent, Math.max(depth, EXCERPTS));
    }
    nested(failure.getCause(), "caused by: ", indent, depth);
  }

  private void nested(@Nullable Throwable other, String label, String indent, int depth) {
    if (other instanceof RunarException failure) {
      add(failure, label + head(failure), indent + "  ", depth + 1);
    } else if (other != null) {
      lines(label + other, indent + "  ");
    }
  }

  /** The stack without the message, which often begins it. */
  private static List<String> frames(RunarException failure) {
    String stack = failure.remoteStack().orElse("");
    String head = failure.remoteName().orElse("Error") + ": " + failure.getMessage();
    String rest = stack.startsWith(head) ? stack.substring(head.length()) : stack;
    return Arrays.stream(rest.split("\n"))
        .map(String::strip)
        .dropWhile(line -> !line.startsWith("at "))
        .limit(MAX_FRAMES)
        .toList();
  }

  private void lines(String several, String indent) {
    lines(several, indent, indent);
  }

  private void lines(String several, String first, String next) {
    String indent = first;
    for (String line : several.split("\n", -1)) {
      line(indent + line);
      indent = next;
    }
  }

  private void line(String line) {
    if (text.length() + line.length() < MAX_LENGTH) {
      text.append(text.isEmpty() ? "" : "\n").append(PlainText.of(line));
    }
  }
}
