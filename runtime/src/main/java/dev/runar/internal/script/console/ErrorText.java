package dev.runar.internal.script.console;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** An error's stack as the console shows it: with its class, without what its cause repeats. */
final class ErrorText {
  private static final String FRAME = "\n    at";
  private static final Pattern NAME_THEN_TEXT =
      Pattern.compile("^([A-Z][a-z_ A-Z0-9\\[\\]()-]+)(?::|\\n {4}at)");
  private static final Pattern NAME_ALONE = Pattern.compile("^([a-z_A-Z0-9-]*Error)$");
  private static final int MIN_REPEATED = 4;

  private ErrorText() {}

  static String of(Description error, Optional<String> constructor, String tag, int indentation) {
    String stack = withClass(error.text(), constructor, error.name(), tag);
    String message = error.message();
    int messageAt = message.isEmpty() ? -1 : stack.indexOf(message);
    int from = messageAt < 0 ? 0 : messageAt + message.length();
    int frames = stack.indexOf(FRAME, from);
    if (frames < 0) {
      stack = "[" + stack + "]";
    } else {
      List<String> lines = Arrays.asList(stack.substring(frames + 1).split("\n", -1));
      stack = stack.substring(0, frames) + "\n" + withoutCause(lines, error.causeStack());
    }
    return indentation == 0 ? stack : stack.replace("\n", "\n" + " ".repeat(indentation));
  }

  /** Names the class in the first line when the error's name does not. */
  private static String withClass(
      String stack, Optional<String> constructor, String name, String tag) {
    int length = name.length();
    boolean regular =
        name.endsWith("Error")
            && stack.startsWith(name)
            && (stack.length() == length
                || stack.charAt(length) == ':'
                || stack.charAt(length) == '\n');
    if (constructor.isPresent() && !regular) {
      return stack;
    }
    String fallback = "Error";
    if (constructor.isEmpty()) {
      String found = leadingName(stack);
      length = found.length();
      fallback = found.isEmpty() ? "Error" : found;
    }
    String prefix = Names.prefix(constructor, tag, fallback, "");
    prefix = prefix.substring(0, prefix.length() - 1);
    if (name.equals(prefix)) {
      return stack;
    }
    if (!prefix.contains(name)) {
      return prefix + " [" + name + "]" + stack.substring(length);
    }
    return length == 0 ? prefix + ": " + stack : prefix + stack.substring(length);
  }

  private static String leadingName(String stack) {
    for (Pattern pattern : List.of(NAME_THEN_TEXT, NAME_ALONE)) {
      Matcher matcher = pattern.matcher(stack);
      if (matcher.find()) {
        return matcher.group(1);
      }
    }
    return "";
  }

  /** Leaves out the frames that the cause, printed below, has too. */
  private static String withoutCause(List<String> frames, String causeStack) {
    int start = causeStack.indexOf(FRAME);
    if (start >= 0) {
      List<String> cause = Arrays.asList(causeStack.substring(start + 1).split("\n", -1));
      for (int i = 0; i < frames.size() - (MIN_REPEATED - 1); i++) {
        int repeated = repeatedFrom(frames, i, cause);
        if (repeated >= MIN_REPEATED) {
          int skipped = repeated - 2;
          return String.join("\n", frames.subList(0, i + 1))
              + ("\n    ... " + skipped + " lines matching cause stack trace ...\n")
              + String.join("\n", frames.subList(i + 1 + skipped, frames.size()));
        }
      }
    }
    return String.join("\n", frames);
  }

  private static int repeatedFrom(List<String> frames, int first, List<String> cause) {
    int at = cause.indexOf(frames.get(first));
    if (at < 0) {
      return 0;
    }
    int max = Math.min(frames.size() - first, cause.size() - at);
    int length = 1;
    while (length < max && frames.get(first + length).equals(cause.get(at + length))) {
      length++;
    }
    return length;
  }
}
