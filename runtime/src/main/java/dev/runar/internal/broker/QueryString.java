package dev.runar.internal.broker;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What stands behind the question mark of a URL. Stateless; any thread. */
public final class QueryString {
  private QueryString() {}

  /** Names to values, decoded, in order; of a name that comes twice the first one counts. */
  public static Map<String, String> parse(String raw) {
    if (raw.isEmpty()) {
      return Map.of();
    }
    var query = new LinkedHashMap<String, String>();
    for (String pair : List.of(raw.split("&", -1))) {
      int equals = pair.indexOf('=');
      String name = equals < 0 ? pair : pair.substring(0, equals);
      query.putIfAbsent(decode(name), equals < 0 ? "" : decode(pair.substring(equals + 1)));
    }
    return Collections.unmodifiableMap(query);
  }

  private static String decode(String text) {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return text; // a stray percent sign: as it stands
    }
  }
}
