package dev.runar.internal.broker;

import dev.runar.Payload;
import dev.runar.internal.protocol.Client;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who subscribes to the channels whose rule has presence, in whatever dialect. Any thread.
 *
 * <p>A client of a user that has several sessions, as it has come back before the old one was
 * missed, is there once, from its first session to its last. Without a user anybody may take any
 * name, so each session is a client. A channel holds a bounded number of clients, and a bounded
 * size of what is known of them, as whoever asks is told of all of them in one message; one more
 * subscriber is refused.
 */
public final class PresenceTable {
  public static final int MOST_CLIENTS = 10_000;
  public static final int MOST_BYTES = 1 << 20;

  /** About what a client costs in an answer beside its names. */
  private static final int OVERHEAD = 40;

  private final Map<String, Room> rooms = new HashMap<>(); // under this lock

  /** How many. */
  public record Counts(int clients, int users) {}

  /** What became of one that came. */
  public enum Entered {
    /** It was not there before. */
    FIRST,
    /** It is there by another session already. */
    AGAIN,
    /** There is no room for it. */
    REFUSED
  }

  /**
   * What tells a client from all others.
   *
   * @param session empty where there is a user
   */
  private record Name(String user, String client, String session) {
    static Name of(String session, Client who) {
      return new Name(who.user(), who.client(), who.user().isEmpty() ? session : "");
    }
  }

  private static final class Present {
    final String session;
    final Client who;
    int sessions = 1;

    Present(String session, Client who) {
      this.session = session;
      this.who = who;
    }
  }

  private static final class Room {
    final Map<Name, Present> clients = new LinkedHashMap<>();

    /** How many clients each user has. */
    final Map<String, Integer> users = new HashMap<>();

    long bytes;
  }

  /**
   * A session of a client comes. To be left once if it is not refused.
   *
   * @param session its id
   */
  public synchronized Entered enter(String channel, String session, Client who) {
    Room room = rooms.computeIfAbsent(channel, unknown -> new Room());
    var name = Name.of(session, who);
    Present present = room.clients.get(name);
    if (present != null) {
      present.sessions++;
      return Entered.AGAIN;
    }
    if (room.clients.size() >= MOST_CLIENTS || room.bytes + size(who) > MOST_BYTES) {
      if (room.clients.isEmpty()) {
        rooms.remove(channel);
      }
      return Entered.REFUSED;
    }
    room.clients.put(name, new Present(session, who));
    room.users.merge(who.user(), 1, Integer::sum);
    room.bytes += size(who);
    return Entered.FIRST;
  }

  /** A session of a client goes; whether it was the client's last. */
  public synchronized boolean leave(String channel, String session, Client who) {
    Room room = rooms.get(channel);
    var name = Name.of(session, who);
    Present present = room == null ? null : room.clients.get(name);
    if (room == null || present == null || --present.sessions > 0) {
      return false;
    }
    room.clients.remove(name);
    room.users.computeIfPresent(who.user(), (user, clients) -> clients == 1 ? null : clients - 1);
    room.bytes -= size(present.who);
    if (room.clients.isEmpty()) {
      rooms.remove(channel);
    }
    return true;
  }

  /** Who is there, by the first session of each, in the order of coming. */
  public synchronized Map<String, Client> clients(String channel) {
    Room room = rooms.get(channel);
    if (room == null) {
      return Map.of();
    }
    var clients = new LinkedHashMap<String, Client>();
    room.clients.values().forEach(present -> clients.put(present.session, present.who));
    return Collections.unmodifiableMap(clients);
  }

  /** How many are there; who is not known is one user with all others of that kind. */
  public synchronized Counts counts(String channel) {
    Room room = rooms.get(channel);
    return room == null ? new Counts(0, 0) : new Counts(room.clients.size(), room.users.size());
  }

  private static int size(Client who) {
    int names = who.user().length() + 2 * who.client().length();
    return OVERHEAD + names + size(who.info()) + size(who.channelInfo());
  }

  private static int size(@Nullable Payload info) {
    return info == null ? 0 : info.size();
  }
}
