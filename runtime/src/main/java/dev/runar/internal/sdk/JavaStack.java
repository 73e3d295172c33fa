package dev.runar.internal.sdk;

import dev.runar.RunarException;
import java.util.Arrays;
import java.util.List;

/**
 * The stack of a Java exception as the author of a service wants to read it: down to where the node
 * called the handler. Stateless; any thread.
 */
final class JavaStack {
  private static final int MAX_LENGTH = 16_384;

  /** So many frames of the node itself, where there are no others. */
  private static final int MAX_OWN = 16;

  private JavaStack() {}

  /** The exception and its frames. */
  static String of(Throwable thrown) {
    var text = new StringBuilder(thrown.toString());
    add(text, thrown);
    return cut(text);
  }

  /** As {@link #of}, and behind it the exceptions that have led to it. */
  static String withCauses(RunarException error) {
    var text = new StringBuilder(error.code() + ": " + error.getMessage());
    add(text, error);
    int depth = 0;
    for (Throwable cause = error.getCause();
        cause != null && depth < SdkErrors.MAX_CAUSES;
        cause = cause.getCause()) {
      text.append("\nCaused by: ").append(cause);
      add(text, cause);
      depth++;
    }
    return cut(text);
  }

  private static void add(StringBuilder text, Throwable thrown) {
    for (StackTraceElement frame : frames(thrown)) {
      text.append("\n    at ").append(frame);
    }
  }

  /** What the node says by an error of its own is in the message; where in it is no news. */
  private static List<StackTraceElement> frames(Throwable thrown) {
    List<StackTraceElement> all = Arrays.asList(thrown.getStackTrace());
    int handlers = 0;
    for (int i = 0; i < all.size(); i++) {
      if (!isNodes(all.get(i)) && !isJdks(all.get(i))) {
        handlers = i + 1;
      }
    }
    if (handlers > 0) {
      return all.subList(0, handlers);
    }
    boolean isRefusal = thrown instanceof RunarException;
    return isRefusal ? List.of() : all.subList(0, Math.min(MAX_OWN, all.size()));
  }

  private static boolean isNodes(StackTraceElement frame) {
    String name = frame.getClassName();
    return name.startsWith("dev.runar.internal.") || name.startsWith("dev.runar.cli.");
  }

  private static boolean isJdks(StackTraceElement frame) {
    return frame.getClassName().startsWith("java.") || frame.getClassName().startsWith("jdk.");
  }

  private static String cut(StringBuilder text) {
    return text.length() <= MAX_LENGTH ? text.toString() : text.substring(0, MAX_LENGTH - 1) + "…";
  }
}
