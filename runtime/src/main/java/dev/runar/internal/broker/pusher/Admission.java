package dev.runar.internal.broker.pusher;

import dev.runar.apps.App;
import dev.runar.internal.broker.Arrival;
import dev.runar.internal.protocol.pusher.PusherError;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a client says of itself in the query of its URL, and who may connect at all. Immutable.
 *
 * @param protocol as it stands there; null: it is not there
 * @param version of its library; null: it is not there
 */
record Admission(@Nullable String protocol, @Nullable String version) {
  private static final Pattern PROTOCOL = Pattern.compile("\\d{1,4}");
  private static final Pattern VERSION =
      Pattern.compile("\\d+(\\.[0-9A-Za-z-]+)*(\\+[0-9A-Za-z.-]+)?");
  private static final int VERSION_LENGTH = 64;
  private static final int OLDEST = 5;
  private static final int NEWEST = 7;

  /** From 6 on a client takes the reason from the close code. */
  private static final int READS_CODES = 6;

  static Admission of(Map<String, String> query) {
    return new Admission(query.get("protocol"), query.get("version"));
  }

  /** What is wrong with it, if anything. */
  Optional<PusherError> problem() {
    if (protocol == null || protocol.isEmpty()) {
      return Optional.of(PusherError.NO_PROTOCOL);
    }
    int number = number();
    if (number < OLDEST || number > NEWEST) {
      return Optional.of(PusherError.UNSUPPORTED_PROTOCOL);
    }
    return isVersion() ? Optional.empty() : Optional.of(PusherError.BAD_VERSION);
  }

  private int number() {
    return protocol != null && PROTOCOL.matcher(protocol).matches()
        ? Integer.parseInt(protocol)
        : -1;
  }

  private boolean isVersion() {
    return version == null
        || version.isEmpty()
        || (version.length() <= VERSION_LENGTH && VERSION.matcher(version).matches());
  }

  /** Wants to be told of an error before the connection closes. */
  boolean wantsErrorEvent() {
    int number = number();
    return number >= 0 && number < READS_CODES;
  }

  /** Why an app does not take a client, if it does not. */
  static Optional<PusherError> problem(App app, Arrival arrival) {
    if (!app.enabled()) {
      return Optional.of(PusherError.APP_DISABLED);
    }
    if (app.tlsOnly() && !arrival.isSecure()) {
      return Optional.of(PusherError.TLS_ONLY);
    }
    return isFrom(app, arrival.origin()) ? Optional.empty() : Optional.of(PusherError.UNAUTHORIZED);
  }

  /** Who is no page may connect: only browsers say where a page comes from. */
  private static boolean isFrom(App app, @Nullable String origin) {
    if (app.origins().isEmpty() || origin == null) {
      return true;
    }
    String host = host(origin);
    return app.origins().stream().anyMatch(pattern -> matches(pattern, host));
  }

  private static String host(String origin) {
    try {
      String host = new URI(origin).getHost();
      return host == null ? "" : host.toLowerCase(Locale.ROOT);
    } catch (URISyntaxException e) {
      return "";
    }
  }

  /** Each star stands for any part; compared from both ends, so without backtracking. */
  private static boolean matches(String pattern, String host) {
    String[] parts = pattern.toLowerCase(Locale.ROOT).split("\\*", -1);
    if (parts.length == 1) {
      return host.equals(parts[0]);
    }
    int at = parts[0].length();
    String last = parts[parts.length - 1];
    int end = host.length() - last.length();
    if (!host.startsWith(parts[0]) || !host.endsWith(last)) {
      return false;
    }
    for (int i = 1; i < parts.length - 1; i++) {
      int found = host.indexOf(parts[i], at);
      if (found < 0) {
        return false;
      }
      at = found + parts[i].length();
    }
    return at <= end;
  }
}
