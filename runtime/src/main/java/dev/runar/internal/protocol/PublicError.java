package dev.runar.internal.protocol;

import dev.runar.Payload;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What of a failure may leave the node: everything that a client of the port is told of one goes
 * through here. Immutable; any thread.
 *
 * <p>Never a stack, a cause, or the path of a file. The node's own faults are said by a reference
 * that the log has, too. Name and data are those of errors that the service has defined for its
 * callers; with {@code INVALID_INPUT} the data says what does not fit.
 *
 * @param name of a defined error; null for any other
 * @param data null: none that is public
 */
public record PublicError(
    Code code, String message, @Nullable String name, @Nullable Payload data) {
  private static final int MAX_DATA = 65_536;

  /** A path of at least two names, absolute or a URL of a file, with its line and column. */
  private static final Pattern FILE =
      Pattern.compile(
          "(?<![\\w:/.])(?:file:/{0,2}|[A-Za-z]:(?=[\\\\/]))?"
              + "(?:[\\\\/][\\w.@+~-]+){2,}[\\\\/]?(?::\\d+){0,2}");

  /** No name, no data. */
  public PublicError(Code code, String message) {
    this(code, message, null, null);
  }

  /** Whether the message is the node's business, so that the log is to have it. */
  public static boolean isHidden(RunarException failure) {
    return switch (failure.code()) {
      case INTERNAL, CONFIG, SCRIPT -> true;
      default -> false;
    };
  }

  /**
   * What is told of a failure.
   *
   * @param reference by which its line in the log is found, if the message is hidden; empty: there
   *     is no line
   */
  public static PublicError of(RunarException failure, String reference) {
    Code code = failure.code();
    if (isHidden(failure)) {
      return new PublicError(
          code, reference.isEmpty() ? "internal error" : "internal error, reference " + reference);
    }
    String message = failure.getMessage();
    String shown = message == null ? code.name() : FILE.matcher(message).replaceAll("(a file)");
    String name = failure.definedName().orElse(null);
    boolean isPublic = name != null || code == Code.INVALID_INPUT;
    return new PublicError(
        code, shown, name, isPublic ? failure.data().filter(PublicError::fits).orElse(null) : null);
  }

  private static boolean fits(Payload data) {
    return data.kind() != Payload.Kind.BYTES && data.encoded().length <= MAX_DATA;
  }
}
