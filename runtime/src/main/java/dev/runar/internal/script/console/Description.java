package dev.runar.internal.script.console;

import java.util.List;
import java.util.Optional;
import org.graalvm.polyglot.Value;

/** What {@code inspector.js} says about one object; each part is read when it is asked for. */
record Description(Value facts) {
  /** Which of the inspector's kinds the object is. */
  String kind() {
    return text("kind");
  }

  /** Name of the constructor; empty when there is none. */
  Optional<String> constructor() {
    Value name = facts.getMember("constructor");
    return name.isNull() ? Optional.empty() : Optional.of(name.asString());
  }

  /** How many prototypes were passed without meeting a constructor. */
  int prototypes() {
    return facts.getMember("prototypes").asInt();
  }

  /** The last of those prototypes. */
  Value lastPrototype() {
    return facts.getMember("lastPrototype");
  }

  /** What {@code Symbol.toStringTag} adds to the name. */
  String tag() {
    return text("tag");
  }

  /** What to call the object when it has no constructor. */
  String fallback() {
    String fallback = text("fallback");
    if (!fallback.isEmpty()) {
      return fallback;
    }
    return switch (kind()) {
      case "array" -> "Array";
      case "set" -> "Set";
      case "map" -> "Map";
      case "function", "class" -> "Function";
      case "date" -> "Date";
      case "regexp" -> "RegExp";
      case "error" -> "Error";
      case "dataview" -> "DataView";
      case "promise" -> "Promise";
      case "weakset" -> "WeakSet";
      case "weakmap" -> "WeakMap";
      case "module" -> "Module";
      default -> "Object";
    };
  }

  /** The printed form of a date, the stack of an error, and so on by kind. */
  String text() {
    return text("text");
  }

  /** Name of a function, a class or an error. */
  String name() {
    return text("name");
  }

  /** Message of an error. */
  String message() {
    return text("message");
  }

  /** Stack of the error that caused this one, or empty. */
  String causeStack() {
    return text("causeStack");
  }

  /** How many elements there are. */
  long size() {
    return facts.getMember("size").asLong();
  }

  /** The first elements; keys and values in turn for a map. */
  List<Cell> cells() {
    return Cell.listOf(facts.getMember("cells"));
  }

  /** How many elements follow those. */
  long more() {
    return facts.getMember("more").asLong();
  }

  /** Whether the element after the first ones, if any, is a number. */
  boolean goesOnNumeric() {
    return facts.getMember("numeric").asBoolean();
  }

  /** The first own properties. */
  List<Property> properties() {
    return Property.listOf(facts.getMember("properties"));
  }

  /** How many own properties follow those. */
  long moreProperties() {
    return facts.getMember("moreProperties").asLong();
  }

  /** Data that the prototypes of the script's own classes hold; only when all is shown. */
  List<Property> inherited() {
    return Property.listOf(facts.getMember("inherited"));
  }

  private String text(String key) {
    return facts.getMember(key).asString();
  }
}
