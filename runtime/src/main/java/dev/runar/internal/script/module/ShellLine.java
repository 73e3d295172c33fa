package dev.runar.internal.script.module;

import java.util.List;

/** What a line of a shell is. Immutable. */
public sealed interface ShellLine {

  /** More is to follow before it means something. */
  record Incomplete() implements ShellLine {}

  /**
   * It is neither TypeScript nor JavaScript.
   *
   * @param message what is wrong, and the source with a caret
   */
  record Wrong(String message) implements ShellLine {}

  /**
   * It can be run as a script.
   *
   * @param code JavaScript; what it leaves is the value, unless it awaits: then it gives the
   *     shell's {@code run} a function that returns an object which may have a {@code value}
   * @param mappings the {@code mappings} of its source map
   * @param names what it declares
   */
  record Code(String code, String mappings, boolean awaits, List<String> names)
      implements ShellLine {}
}
