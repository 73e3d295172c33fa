package dev.runar.internal.topic;

import java.util.List;

/**
 * The address of an action or a service as a caller writes it: a path whose first segment may name
 * versions, as in {@code math@^2.1/add}. Immutable.
 *
 * @param path without the versions
 * @param versions the range as it was written; empty: none was named
 */
public record RequestPath(TopicPath path, String versions) {
  /** Longer ranges are refused: nobody means them. */
  private static final int MAX_RANGE = 64;

  /**
   * Reads an address.
   *
   * @param defaultNetwork the network of a path that names none
   * @throws dev.runar.RunarException {@code INVALID_PATH}, naming what is wrong
   */
  public static RequestPath parse(String text, String defaultNetwork) {
    int at = text.indexOf('@');
    int slash = text.indexOf('/');
    if (at < 0 || (slash >= 0 && slash < at)) {
      return new RequestPath(TopicPath.parse(text, defaultNetwork), "");
    }
    int end = slash < 0 ? text.length() : slash;
    String versions = text.substring(at + 1, end);
    if (versions.isEmpty()) {
      throw TopicPath.invalid(text, "there is no version after '@'; write it as in math@2/add");
    }
    if (versions.length() > MAX_RANGE) {
      throw TopicPath.invalid(text, "its versions are longer than " + MAX_RANGE + " characters");
    }
    if (versions.chars().anyMatch(c -> c <= ' ')) {
      throw TopicPath.invalid(text, "versions have no space: write math@>=1,<3/add");
    }
    String plain = text.substring(0, at) + text.substring(end);
    return new RequestPath(TopicPath.parse(plain, defaultNetwork), versions);
  }

  /** Whether a service segment names versions. */
  static boolean namesVersions(List<String> segments) {
    return segments.getFirst().indexOf('@') >= 0;
  }
}
