package dev.runar.internal.schema;

/**
 * One place where a value does not fit its schema. Immutable.
 *
 * @param path of the place, such as {@code items.0.name}; empty: the value itself
 * @param message what is wrong there
 * @param keyword of the schema that says so, such as {@code type}
 */
public record SchemaIssue(String path, String message, String keyword) {
  private static final String TOO_LONG = "takes too long to match a pattern";

  /** A match that was given up, where that is known. */
  static SchemaIssue givenUp(String path) {
    return new SchemaIssue(path, TOO_LONG, "pattern");
  }

  /** Whether the check was given up there, so that nobody knows whether the value fits. */
  public boolean isGivenUp() {
    return message.equals(TOO_LONG);
  }

  /** As one reads it in a message. */
  public String text() {
    return path.isEmpty() ? message : path + ": " + message;
  }
}
