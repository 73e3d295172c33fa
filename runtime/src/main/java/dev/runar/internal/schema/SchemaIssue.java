package dev.runar.internal.schema;

/**
 * One place where a value does not fit its schema. Immutable.
 *
 * @param path of the place, such as {@code items.0.name}; empty: the value itself
 * @param message what is wrong there
 * @param keyword of the schema that says so, such as {@code type}
 */
public record SchemaIssue(String path, String message, String keyword) {
  /** As one reads it in a message. */
  public String text() {
    return path.isEmpty() ? message : path + ": " + message;
  }
}
