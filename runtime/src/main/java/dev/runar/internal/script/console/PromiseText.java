package dev.runar.internal.script.console;

import java.util.Optional;
import java.util.regex.Pattern;
import org.graalvm.polyglot.Value;

/**
 * State of a promise. Scripts cannot ask for it, but the engine's own display of a promise shows
 * the state and, unless it is an object, the value; making that display runs no code of the script.
 */
final class PromiseText {
  private static final String OPEN = "Promise{";
  private static final String STATE = "[[PromiseStatus]]: \"";
  private static final String VALUE = "\", [[PromiseValue]]: ";
  private static final Pattern PRIMITIVE =
      Pattern.compile(
          "undefined|null|true|false|NaN|-?Infinity|-?\\d+(\\.\\d+)?(e[+-]\\d+)?|-?\\d+n"
              + "|Symbol\\([^{}]*\\)");
  private static final Pattern ERROR = Pattern.compile("\\w*Error(: .*)?", Pattern.DOTALL);

  private PromiseText() {}

  /**
   * What stands between the braces; empty when the engine does not say, or when a promise with
   * properties of its own holds a second promise, so that it is not plain whose state is whose.
   */
  static Optional<String> of(Value promise, boolean hasProperties) {
    String display = promise.toString();
    int state = display.indexOf(STATE);
    boolean leading = state == OPEN.length() && !hasProperties;
    int end = display.indexOf(VALUE, Math.max(state, 0));
    if (!display.startsWith(OPEN)
        || state < 0
        || end < 0
        || !(leading || state == display.lastIndexOf(STATE))) {
      return Optional.empty();
    }
    String value = display.substring(end + VALUE.length(), display.length() - 1);
    return switch (display.substring(state + STATE.length(), end)) {
      case "pending" -> Optional.of("<pending>");
      case "resolved" -> Optional.of(value(value));
      case "rejected" -> Optional.of("<rejected> " + value(value));
      default -> Optional.empty();
    };
  }

  private static String value(String display) {
    if (PRIMITIVE.matcher(display).matches()) {
      return display;
    }
    if (display.startsWith("\"")) {
      String text = unquote(display);
      int length = Math.min(text.length(), InspectOptions.MAX_TEXT);
      return StringEscapes.quote(text.substring(0, length)) + (length < text.length() ? "..." : "");
    }
    if (ERROR.matcher(display).matches()) {
      return "[" + display + "]";
    }
    if (display.startsWith("[") || display.startsWith("Array(")) {
      return "[Array]";
    }
    return "[Object]";
  }

  /** Undoes the escapes of the engine's display, which are those of JSON. */
  private static String unquote(String display) {
    var out = new StringBuilder(display.length());
    for (int i = 1; i < display.length() - 1; i++) {
      char c = display.charAt(i);
      if (c != '\\' || i + 1 >= display.length() - 1) {
        out.append(c);
        continue;
      }
      char escaped = display.charAt(++i);
      switch (escaped) {
        case 'n' -> out.append('\n');
        case 't' -> out.append('\t');
        case 'r' -> out.append('\r');
        case 'b' -> out.append('\b');
        case 'f' -> out.append('\f');
        case 'u' -> {
          out.append((char) Integer.parseInt(display, i + 1, i + 5, 16));
          i += 4;
        }
        default -> out.append(escaped);
      }
    }
    return out.toString();
  }
}
