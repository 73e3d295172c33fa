package dev.runar.internal.topic;

import dev.runar.RunarException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What paths look like: literal segments, {@code *} for one segment, {@code {name}} for one segment
 * with a name, {@code >} for the rest (one segment or more, last only). Immutable.
 *
 * @param network the network id; a pattern never matches across networks
 * @param text the pattern without its network
 * @param segments the parts between the slashes, at least one
 */
public record TopicPattern(String network, String text, List<String> segments) {

  /**
   * Reads a pattern; every path is one too.
   *
   * @throws RunarException {@code INVALID_PATH}, naming what is wrong
   */
  public static TopicPattern parse(String text, String defaultNetwork) {
    TopicPath.Spelling spelling = TopicPath.Spelling.read(text, defaultNetwork);
    List<String> segments = spelling.segments();
    for (int i = 0; i < segments.size(); i++) {
      check(text, segments.get(i), i == segments.size() - 1);
    }
    return new TopicPattern(spelling.network(), spelling.text(), segments);
  }

  private static void check(String text, String segment, boolean last) {
    if (segment.equals(">") && !last) {
      throw TopicPath.invalid(text, "'>' stands for the rest and must be the last segment");
    }
    if (isTemplate(segment)) {
      String name = templateName(segment);
      if (name.isEmpty() || name.indexOf('{') >= 0 || name.indexOf('}') >= 0) {
        throw TopicPath.invalid(text, "a template needs a name, as in {id}");
      }
    } else if (segment.indexOf('{') >= 0 || segment.indexOf('}') >= 0) {
      throw TopicPath.invalid(text, "a template takes a whole segment, as in a/{id}/b");
    } else if (segment.length() > 1 && (segment.indexOf('*') >= 0 || segment.indexOf('>') >= 0)) {
      throw TopicPath.invalid(text, "a wildcard takes a whole segment, as in a/*/b");
    }
  }

  /** Has no wildcard and no template, so that it matches one path only. */
  public boolean isLiteral() {
    return segments.stream().allMatch(segment -> rank(segment) == 0);
  }

  /** With the network, {@code network:service/…}. */
  public String full() {
    return network + ":" + text;
  }

  public boolean matches(TopicPath path) {
    if (!network.equals(path.network())) {
      return false;
    }
    List<String> actual = path.segments();
    for (int i = 0; i < segments.size(); i++) {
      String segment = segments.get(i);
      if (segment.equals(">")) {
        return actual.size() > i;
      }
      if (i >= actual.size()) {
        return false;
      }
      if (rank(segment) == 0 && !segment.equals(actual.get(i))) {
        return false;
      }
    }
    return segments.size() == actual.size();
  }

  /** The values of the {@code {name}} segments in a path that matches. */
  public Map<String, String> params(TopicPath path) {
    Map<String, String> params = Map.of();
    for (int i = 0; i < segments.size(); i++) {
      if (isTemplate(segments.get(i))) {
        if (params.isEmpty()) {
          params = new HashMap<>();
        }
        params.put(templateName(segments.get(i)), path.segments().get(i));
      }
    }
    return params.isEmpty() ? params : Map.copyOf(params);
  }

  /**
   * Which of two patterns that match the same path is the closer one: segment by segment a literal
   * goes before a template before {@code *} before {@code >}. Negative: this one.
   */
  public int compareCloseness(TopicPattern other) {
    int common = Math.min(segments.size(), other.segments.size());
    for (int i = 0; i < common; i++) {
      int difference = rank(segments.get(i)) - rank(other.segments.get(i));
      if (difference != 0) {
        return difference;
      }
    }
    return other.segments.size() - segments.size();
  }

  private static int rank(String segment) {
    return switch (segment) {
      case ">" -> 3;
      case "*" -> 2;
      default -> isTemplate(segment) ? 1 : 0;
    };
  }

  private static boolean isTemplate(String segment) {
    return segment.length() >= 2 && segment.startsWith("{") && segment.endsWith("}");
  }

  private static String templateName(String segment) {
    return segment.substring(1, segment.length() - 1);
  }
}
