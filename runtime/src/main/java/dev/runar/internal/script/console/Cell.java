package dev.runar.internal.script.console;

import java.util.ArrayList;
import java.util.List;
import org.graalvm.polyglot.Value;

/**
 * One value with what it is, as {@code inspector.js} found it without running the script's code.
 *
 * @param value an object; the text of a string, symbol, bigint or failure; a number or boolean
 * @param rest how many characters of a string were left out
 */
record Cell(Kind kind, Value value, long rest) {
  static final int WIDTH = 3;

  enum Kind {
    OBJECT,
    STRING,
    NUMBER,
    BIGINT,
    BOOLEAN,
    SYMBOL,
    NULL,
    UNDEFINED,
    /** So many absent elements of an array. */
    HOLES,
    GETTER,
    SETTER,
    ACCESSOR,
    /** A binding of a module that has not run yet. */
    UNINITIALIZED,
    /** The script's own code threw; the value is the message. */
    THROWN
  }

  /** Reads the cell that starts at an index of a list of the inspector. */
  static Cell at(Value list, long index) {
    return new Cell(
        kind(list.getArrayElement(index).asString()),
        list.getArrayElement(index + 1),
        list.getArrayElement(index + 2).asLong());
  }

  /** Reads a list that holds nothing but cells. */
  static List<Cell> listOf(Value list) {
    long size = list.getArraySize();
    var cells = new ArrayList<Cell>((int) size / WIDTH);
    for (long i = 0; i < size; i += WIDTH) {
      cells.add(at(list, i));
    }
    return cells;
  }

  boolean isNumeric() {
    return kind == Kind.NUMBER || kind == Kind.BIGINT;
  }

  private static Kind kind(String name) {
    return switch (name) {
      case "object" -> Kind.OBJECT;
      case "string" -> Kind.STRING;
      case "number" -> Kind.NUMBER;
      case "bigint" -> Kind.BIGINT;
      case "boolean" -> Kind.BOOLEAN;
      case "symbol" -> Kind.SYMBOL;
      case "null" -> Kind.NULL;
      case "undefined" -> Kind.UNDEFINED;
      case "holes" -> Kind.HOLES;
      case "getter" -> Kind.GETTER;
      case "setter" -> Kind.SETTER;
      case "accessor" -> Kind.ACCESSOR;
      case "uninitialized" -> Kind.UNINITIALIZED;
      case "thrown" -> Kind.THROWN;
      default -> throw new IllegalStateException("unknown kind of cell: " + name);
    };
  }
}
