package dev.runar.internal.topic;

import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import java.util.List;

/**
 * The address of an action, a topic or a service: {@code network:service/segment…}. Immutable.
 *
 * <p>A path has exactly one spelling: no empty segment, no leading or trailing {@code /}, no
 * wildcard.
 *
 * @param network the network id, never empty
 * @param text the path without its network
 * @param segments the parts between the slashes, at least one
 */
public record TopicPath(String network, String text, List<String> segments) {
  /** The longest path in characters; a longer one is refused. */
  static final int MAX_LENGTH = 1_024;

  /** The most segments; more are refused. */
  static final int MAX_SEGMENTS = 32;

  /**
   * Reads a path.
   *
   * @param defaultNetwork the network of a path that names none
   * @throws RunarException {@code INVALID_PATH}, naming what is wrong
   */
  public static TopicPath parse(String text, String defaultNetwork) {
    Spelling spelling = Spelling.read(text, defaultNetwork);
    for (String segment : spelling.segments()) {
      if (segment.equals("*") || segment.equals(">")) {
        throw invalid(text, "a wildcard is only allowed in a pattern");
      }
      if (segment.indexOf('{') >= 0 || segment.indexOf('}') >= 0) {
        throw invalid(text, "a template is only allowed in a pattern");
      }
    }
    return new TopicPath(spelling.network(), spelling.text(), spelling.segments());
  }

  /** The first segment. */
  public String service() {
    return segments.get(0);
  }

  /** With the network, {@code network:service/…}. */
  public String full() {
    return network + ":" + text;
  }

  static RunarException invalid(String text, String why) {
    String shown = text.length() <= 200 ? text : text.substring(0, 200) + "…";
    return new RunarException(Code.INVALID_PATH, "invalid path \"" + shown + "\": " + why);
  }

  /** A path or pattern taken apart, before its segments are judged. */
  record Spelling(String network, String text, List<String> segments) {

    static Spelling read(String text, String defaultNetwork) {
      if (text.isEmpty()) {
        throw invalid(text, "it is empty");
      }
      if (text.length() > MAX_LENGTH) {
        throw invalid(text, "it is longer than " + MAX_LENGTH + " characters");
      }
      for (int i = 0; i < text.length(); i++) {
        if (isBlank(text.charAt(i))) {
          throw invalid(text, "it has a space or control character at position " + i);
        }
      }
      int colon = text.indexOf(':');
      if (colon == 0) {
        throw invalid(text, "the network before ':' is empty");
      }
      if (colon > 0 && text.indexOf(':', colon + 1) >= 0) {
        throw invalid(text, "it has more than one ':'");
      }
      String network = colon < 0 ? defaultNetwork : text.substring(0, colon);
      if (network.indexOf('/') >= 0) {
        throw invalid(text, "the network before ':' has a '/'");
      }
      String path = text.substring(colon + 1);
      if (path.isEmpty()) {
        throw invalid(text, "there is no path after the network");
      }
      List<String> segments = split(text, path);
      if (RequestPath.namesVersions(segments)) {
        throw invalid(
            text,
            "'@' in its first segment names versions, which only a request does; events are under"
                + " the plain path");
      }
      return new Spelling(network, path, segments);
    }

    /** Line separators too, which much that looks at text takes for an end. */
    private static boolean isBlank(char c) {
      return Character.isISOControl(c) || c == ' ' || c == '\u2028' || c == '\u2029';
    }

    private static List<String> split(String text, String path) {
      if (path.startsWith("/") || path.endsWith("/")) {
        throw invalid(text, "it starts or ends with '/'");
      }
      var segments = List.of(path.split("/", -1));
      if (segments.contains("")) {
        throw invalid(text, "it has an empty segment");
      }
      if (segments.size() > MAX_SEGMENTS) {
        throw invalid(text, "it has more than " + MAX_SEGMENTS + " segments");
      }
      return segments;
    }
  }
}
