package dev.runar.internal.script.module;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A script could not be loaded. Immutable; any thread.
 *
 * <p>The message is complete and made for the author of the script: where, what, the line with a
 * caret, why, and what to do. It is an {@link IOException} because that is the one kind of failure
 * that the engine's module loader hands on to the script, which sees an {@code Error} with the same
 * message.
 */
public final class ScriptLoadException extends IOException {
  private static final long serialVersionUID = 1L;

  /** What kind of failure it is. */
  public enum Kind {
    /** The text is not JavaScript or not TypeScript. */
    SYNTAX,
    /** An import names a module that is not there. */
    MISSING_MODULE,
    /** An import names something that the module does not export. */
    MISSING_EXPORT,
    /** A kind of import that scripts may not use, or a file outside the allowed folders. */
    REFUSED,
    /** The file is larger than a script may be. */
    TOO_LARGE,
    /** More modules than one context may load. */
    TOO_MANY,
    /** The bytes of the file are not UTF-8. */
    NOT_UTF8,
    /** The file is there and cannot be read. */
    UNREADABLE,
    /** This machine has no TypeScript compiler. */
    NO_TYPESCRIPT,
    /** The module ran and threw. */
    THREW
  }

  private final Kind kind;
  private final String what;
  private final transient @Nullable Position position;

  /** A failure that has no place. */
  ScriptLoadException(Kind kind, String what, String details, @Nullable Throwable cause) {
    this(kind, what, null, "", details, cause);
  }

  /** A failure at a place, which the message calls {@code shown}. */
  ScriptLoadException(
      Kind kind,
      String what,
      @Nullable Position position,
      String shown,
      String details,
      @Nullable Throwable cause) {
    super(message(what, shown, details), cause);
    this.kind = kind;
    this.what = what;
    this.position = position;
  }

  private static String message(String what, String shown, String details) {
    String head = shown.isEmpty() ? what : shown + ": " + what;
    return details.isEmpty() ? head : head + "\n" + details;
  }

  /** What kind of failure it is. */
  public Kind kind() {
    return kind;
  }

  /** What happened, in one line, without the place. */
  public String what() {
    return what;
  }

  /** Where, in the file as its author wrote it; null if no place is known. */
  public @Nullable Position position() {
    return position;
  }
}
