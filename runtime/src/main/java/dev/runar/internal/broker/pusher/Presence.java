package dev.runar.internal.broker.pusher;

import dev.runar.Payload;
import dev.runar.internal.protocol.pusher.MemberText;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Who is in one presence channel: users, each with one or more connections. Under the lock of its
 * channel: a user takes a place, the others are told, the connection joins the channel and the list
 * is written in one step. So whoever is in a list is not announced to its reader again, and nobody
 * is missed.
 */
final class Presence {
  private static final class Place {
    final MemberText text;
    int connections;

    Place(MemberText text) {
      this.text = text;
    }
  }

  private final Map<String, Place> places = new LinkedHashMap<>();

  /** The list as it was written last; null: somebody has come or gone since. */
  private @Nullable Payload list;

  /** Whether a connection of a user may come: if the user is here, or there is room for one. */
  boolean hasRoomFor(String userId, int bound) {
    return places.size() < bound || places.containsKey(userId);
  }

  /**
   * One more connection of a user comes; each is to {@link #leave} once. What is known of a user is
   * what came with the first one.
   *
   * @return whether it is the user's first
   */
  boolean enter(MemberText who) {
    boolean isFirst = places.computeIfAbsent(who.userId(), id -> new Place(who)).connections++ == 0;
    if (isFirst) {
      list = null;
    }
    return isFirst;
  }

  /** One connection of a user has left; who it was if it was the user's last. */
  Optional<MemberText> leave(String userId) {
    Place place = places.get(userId);
    if (place == null || --place.connections > 0) {
      return Optional.empty();
    }
    places.remove(userId);
    list = null;
    return Optional.of(place.text);
  }

  /** What who joins is told; the same object until somebody comes or goes. */
  Payload list(String channel) {
    Payload written = list;
    if (written == null) {
      written = Payload.encoded(Payload.Kind.JSON, MemberText.list(channel, members()));
      list = written;
    }
    return written;
  }

  /** The members, in the order of coming. */
  List<MemberText> members() {
    return places.values().stream().map(place -> place.text).toList();
  }

  /** Who is here, in the order of coming. */
  List<String> users() {
    return List.copyOf(places.keySet());
  }

  int size() {
    return places.size();
  }
}
