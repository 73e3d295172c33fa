package dev.runar.internal.node;

import dev.runar.Payload;
import dev.runar.RunarException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What one service said of itself. Immutable.
 *
 * @param isReady whether clients may be sent to it
 * @param details what it answered
 * @param error why it did not answer
 * @param ms how long it took
 * @param checkedMs when it had answered, in ms since 1970
 */
record HealthReport(
    boolean isReady,
    Optional<Payload> details,
    @Nullable RunarException error,
    long ms,
    long checkedMs) {

  /** {@code false} and {@code ready: false} say no. */
  static boolean saysReady(Optional<Payload> details) {
    Object value = details.map(Payload::value).orElse(null);
    return !Boolean.FALSE.equals(value)
        && !(value instanceof Map<?, ?> map && Boolean.FALSE.equals(map.get("ready")));
  }

  Map<String, @Nullable Object> shown() {
    var map = new LinkedHashMap<String, @Nullable Object>();
    map.put("ready", isReady);
    map.put("details", details.map(Payload::value).orElse(null));
    if (error != null) {
      map.put(
          "error",
          Payload.object("code", error.code().name(), "message", error.getMessage()).asMap());
    }
    map.put("ms", ms);
    map.put("checkedAt", checkedMs);
    return map;
  }
}
