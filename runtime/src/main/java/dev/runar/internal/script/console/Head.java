package dev.runar.internal.script.console;

/**
 * What stands before a value's entries, and whether it stands alone when there are none.
 *
 * @param base text in front of the braces, or empty
 */
record Head(String base, String open, String close, Form form) {
  enum Form {
    /** Elements in brackets that may stand in columns. */
    LIST,
    EMPTY_LIST,
    /** Elements in braces. */
    COLLECTION,
    EMPTY_COLLECTION,
    /** Braces that always have something in them. */
    FILLED,
    /** Braces around properties. */
    BRACES,
    /** A text that needs no braces. */
    TEXT
  }

  static Head list(String prefix, boolean empty) {
    return new Head("", prefix + "[", "]", empty ? Form.EMPTY_LIST : Form.LIST);
  }

  static Head collection(String prefix, boolean empty) {
    return new Head("", prefix + "{", "}", empty ? Form.EMPTY_COLLECTION : Form.COLLECTION);
  }

  static Head filled(String prefix) {
    return new Head("", prefix + "{", "}", Form.FILLED);
  }

  static Head braces(String prefix) {
    return new Head("", prefix + "{", "}", Form.BRACES);
  }

  static Head whole(String text) {
    return new Head(text, "{", "}", Form.TEXT);
  }

  boolean isList() {
    return form == Form.LIST || form == Form.EMPTY_LIST;
  }

  boolean hasCells() {
    return isList() || form == Form.COLLECTION || form == Form.EMPTY_COLLECTION;
  }

  /** Whether a value without properties is printed in full by its head. */
  boolean isWhole() {
    return form != Form.LIST && form != Form.COLLECTION && form != Form.FILLED;
  }

  /** The value in full. */
  String whole() {
    return form == Form.TEXT ? base : open + close;
  }
}
