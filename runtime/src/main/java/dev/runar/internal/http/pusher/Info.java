package dev.runar.internal.http.pusher;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What is asked of channels. Immutable.
 *
 * @param attributes of {@code user_count}, {@code subscription_count} and {@code cache}
 */
record Info(Set<String> attributes) {
  static final String USERS = "user_count";
  static final String SUBSCRIPTIONS = "subscription_count";
  static final String CACHE = "cache";
  static final Info NONE = new Info(Set.of());

  private static final Set<String> KNOWN = Set.of(USERS, SUBSCRIPTIONS, CACHE);

  /** Reads {@code a,b}. */
  static Info read(String text) {
    return of(List.of(text));
  }

  /** Of a query that says it once, with commas, or several times. */
  static Info of(List<String> texts) {
    var attributes = new ArrayList<String>();
    for (String text : texts) {
      for (String attribute : text.isBlank() ? new String[0] : text.split(",", -1)) {
        if (!KNOWN.contains(attribute.strip())) {
          throw Refused.invalid(
              "info knows "
                  + USERS
                  + ", "
                  + SUBSCRIPTIONS
                  + " and "
                  + CACHE
                  + ", not "
                  + shown(text));
        }
        attributes.add(attribute.strip());
      }
    }
    return new Info(Set.copyOf(attributes));
  }

  private static String shown(String text) {
    return "\"" + (text.length() > 40 ? text.substring(0, 40) + "…" : text) + "\"";
  }

  boolean isEmpty() {
    return attributes.isEmpty();
  }

  boolean has(String attribute) {
    return attributes.contains(attribute);
  }
}
