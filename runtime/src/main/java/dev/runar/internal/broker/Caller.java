package dev.runar.internal.broker;

import dev.runar.Payload;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a session keeps of its handshake, as there are many sessions. Immutable. */
record Caller(String path, String rawQuery, @Nullable Payload said) {

  static Caller of(Arrival arrival) {
    String path = arrival.path();
    return new Caller(
        path.equals(Broker.TOPICS_PATH) ? Broker.TOPICS_PATH : path, // one for all
        arrival.rawQuery(),
        arrival.identity());
  }

  Map<String, String> query() {
    return QueryString.parse(rawQuery);
  }

  Optional<Payload> identity() {
    return Optional.ofNullable(said);
  }
}
