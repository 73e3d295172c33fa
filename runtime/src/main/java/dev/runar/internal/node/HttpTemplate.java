package dev.runar.internal.node;

import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A path of the URL as an action declares it, such as {@code /users/{id}}. Immutable.
 *
 * @param segments of which a template keeps its braces
 */
record HttpTemplate(List<String> segments) {
  /** More than anybody writes, and few enough to walk. */
  static final int MAX_SEGMENTS = 32;

  private static final Pattern NAME = Pattern.compile("[A-Za-z_$][A-Za-z0-9_$]*");
  private static final Pattern LITERAL = Pattern.compile("[\\p{L}\\p{N}._~!$&'()*+,;=:@-]+");

  HttpTemplate {
    segments = List.copyOf(segments);
  }

  /**
   * Reads it.
   *
   * @throws RunarException {@code INVALID_PATH}, with what is wrong
   */
  static HttpTemplate parse(String path) {
    if (!path.startsWith("/")) {
      throw wrong(path, "it must begin with /");
    }
    if (path.equals("/")) {
      return new HttpTemplate(List.of());
    }
    List<String> segments = List.of(path.substring(1).split("/", -1));
    if (segments.size() > MAX_SEGMENTS) {
      throw wrong(path, "it has more than " + MAX_SEGMENTS + " segments");
    }
    var names = new HashSet<String>();
    for (String segment : segments) {
      check(path, segment);
      if (isTemplate(segment) && !names.add(segment)) {
        throw wrong(path, segment + " is there twice");
      }
    }
    return new HttpTemplate(segments);
  }

  private static void check(String path, String segment) {
    if (segment.isEmpty()) {
      throw wrong(path, "it has an empty segment or ends with /");
    }
    if (segment.equals(".") || segment.equals("..")) {
      throw wrong(path, "clients take " + segment + " out of a path");
    }
    boolean good =
        isTemplate(segment)
            ? NAME.matcher(name(segment)).matches()
            : LITERAL.matcher(segment).matches();
    if (!good) {
      throw wrong(
          path,
          "\"" + segment + "\" is neither a plain name nor a template such as {id} as a whole");
    }
  }

  static boolean isTemplate(String segment) {
    return segment.startsWith("{") && segment.endsWith("}");
  }

  private static String name(String segment) {
    return segment.substring(1, segment.length() - 1);
  }

  /** The names of the templates, in order. */
  List<String> names() {
    var names = new ArrayList<String>();
    for (String segment : segments) {
      if (isTemplate(segment)) {
        names.add(name(segment));
      }
    }
    return names;
  }

  /** The same for two paths that answer the same requests. */
  String shape() {
    var shape = new StringBuilder();
    segments.forEach(segment -> shape.append('/').append(isTemplate(segment) ? "{}" : segment));
    return shape.isEmpty() ? "/" : shape.toString();
  }

  private static RunarException wrong(String path, String why) {
    return new RunarException(Code.INVALID_PATH, "http path \"" + path + "\": " + why);
  }
}
