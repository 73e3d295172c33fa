package dev.runar.internal.script.console;

import java.util.Optional;

/** How the class of a value is written in front of it. */
final class Names {
  private Names() {}

  /** {@code Foo(2) [Tag] }, with a space at the end. */
  static String prefix(Optional<String> constructor, String tag, String fallback, String size) {
    if (constructor.isEmpty()) {
      String known = "[" + fallback + size + ": null prototype] ";
      return tag.isEmpty() || fallback.equals(tag) ? known : known + "[" + tag + "] ";
    }
    String name = constructor.get();
    return tag.isEmpty() || name.equals(tag) ? name + size + " " : name + size + " [" + tag + "] ";
  }

  /** The same for a value of which nothing but its class is shown. */
  static String generic(Optional<String> constructor, String tag, String fallback) {
    String name = constructor.isEmpty() && fallback.equals(tag) ? "Object" : fallback;
    return prefix(constructor, tag, name, "");
  }

  /** {@code [Function: f]}, {@code [AsyncFunction (anonymous)]}. */
  static String function(Description function, Optional<String> constructor, String tag) {
    String type = function.text();
    var text = new StringBuilder("[").append(type);
    if (constructor.isEmpty()) {
      text.append(" (null prototype)");
    }
    String name = function.name();
    text.append(name.isEmpty() ? " (anonymous)" : ": " + name).append(']');
    if (constructor.isPresent() && !constructor.get().equals(type)) {
      text.append(' ').append(constructor.get());
    }
    return text + differingTag(constructor, tag);
  }

  /** {@code [class A extends B]}. */
  static String classOf(Description type, Optional<String> constructor, String tag) {
    String name = type.name();
    var text = new StringBuilder("[class ").append(name.isEmpty() ? "(anonymous)" : name);
    if (constructor.isPresent() && !constructor.get().equals("Function")) {
      text.append(" [").append(constructor.get()).append(']');
    }
    text.append(differingTag(constructor, tag));
    if (constructor.isEmpty()) {
      text.append(" extends [null prototype]");
    } else if (!type.text().isEmpty()) {
      text.append(" extends ").append(type.text());
    }
    return text.append(']').toString();
  }

  /** {@code [Number: 3]}. */
  static String boxed(String type, String primitive, Optional<String> constructor, String tag) {
    var text = new StringBuilder("[").append(type);
    if (constructor.isEmpty()) {
      text.append(" (null prototype)");
    } else if (!constructor.get().equals(type)) {
      text.append(" (").append(constructor.get()).append(')');
    }
    return text.append(": ").append(primitive).append(']') + differingTag(constructor, tag);
  }

  private static String differingTag(Optional<String> constructor, String tag) {
    return tag.isEmpty() || constructor.filter(tag::equals).isPresent() ? "" : " [" + tag + "]";
  }
}
