package dev.runar.internal.broker;

import java.util.Optional;

/**
 * In which form a session of {@code /topics} gets bytes: the query of its URL says it. Stateless;
 * any thread.
 */
public final class TopicForms {
  private static final String KEY = "bytes";

  private TopicForms() {}

  /** Why the URL asks for nothing known; empty when it does. */
  public static Optional<String> problem(Broker.Route route, String rawQuery) {
    String asked = asked(rawQuery);
    return !(route instanceof Broker.Route.Topics) || form(asked).isPresent()
        ? Optional.empty()
        : Optional.of("bytes=" + shown(asked) + " is none of raw, framed, base64");
  }

  /** The form of a session; that of a raw socket is without effect. */
  static Dialect of(Broker.Route route, Arrival arrival) {
    return route instanceof Broker.Route.Topics
        ? form(asked(arrival.rawQuery())).orElse(Dialect.TOPICS_RAW)
        : Dialect.TOPICS;
  }

  private static String asked(String rawQuery) {
    return QueryString.parse(rawQuery).getOrDefault(KEY, "raw");
  }

  private static Optional<Dialect> form(String asked) {
    return switch (asked) {
      case "raw" -> Optional.of(Dialect.TOPICS_RAW);
      case "framed" -> Optional.of(Dialect.TOPICS_FRAMED);
      case "base64" -> Optional.of(Dialect.TOPICS);
      default -> Optional.empty();
    };
  }

  private static String shown(String asked) {
    String cut = asked.length() <= 32 ? asked : asked.substring(0, 32) + "…";
    return cut.replaceAll("[^ -~…]", "?");
  }
}
