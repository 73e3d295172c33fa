package dev.runar.internal.script.console;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.graalvm.polyglot.Value;

/** One property of an object: its key, how the key is written, and what it holds. */
record Property(String key, boolean symbol, boolean enumerable, Cell cell) {
  private static final int WIDTH = 3 + Cell.WIDTH;
  private static final Pattern IDENTIFIER = Pattern.compile("[a-zA-Z_][a-zA-Z_0-9]*");

  /** Reads a list of properties of the inspector. */
  static List<Property> listOf(Value list) {
    long size = list.getArraySize();
    var properties = new ArrayList<Property>((int) size / WIDTH);
    for (long i = 0; i < size; i += WIDTH) {
      properties.add(
          new Property(
              list.getArrayElement(i).asString(),
              list.getArrayElement(i + 1).asBoolean(),
              list.getArrayElement(i + 2).asBoolean(),
              Cell.at(list, i + 3)));
    }
    return properties;
  }

  /** The key as it stands before the colon. */
  String label() {
    if (symbol) {
      return "[" + StringEscapes.escape(key) + "]";
    }
    if (key.equals("__proto__")) {
      return "['__proto__']";
    }
    if (!enumerable) {
      return "[" + StringEscapes.escape(key) + "]";
    }
    return IDENTIFIER.matcher(key).matches() ? key : StringEscapes.quote(key);
  }
}
