package dev.runar.internal.broker;

import dev.runar.Payload;
import dev.runar.internal.protocol.Client;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who subscribes to the channels whose rule has presence. Any thread.
 *
 * <p>A channel holds a bounded number of clients, and a bounded size of what is known of them, as
 * whoever asks is told of all of them in one message; one more subscriber is refused.
 */
public final class PresenceTable {
  public static final int MOST_CLIENTS = 10_000;
  public static final int MOST_BYTES = 1 << 20;

  /** About what a client costs in an answer beside its names. */
  private static final int OVERHEAD = 40;

  private final Map<String, Room> rooms = new HashMap<>(); // under this lock

  /** How many. */
  public record Counts(int clients, int users) {}

  private static final class Room {
    final Map<String, Client> clients = new LinkedHashMap<>();
    long bytes;
  }

  /** A client comes; false: there is no room for it. To be left once if it has come. */
  public synchronized boolean enter(String channel, Client who) {
    Room room = rooms.computeIfAbsent(channel, name -> new Room());
    if (room.clients.size() >= MOST_CLIENTS || room.bytes + size(who) > MOST_BYTES) {
      if (room.clients.isEmpty()) {
        rooms.remove(channel);
      }
      return false;
    }
    room.clients.put(who.client(), who);
    room.bytes += size(who);
    return true;
  }

  /** A client goes. */
  public synchronized void leave(String channel, Client who) {
    Room room = rooms.get(channel);
    if (room != null && room.clients.remove(who.client()) != null) {
      room.bytes -= size(who);
      if (room.clients.isEmpty()) {
        rooms.remove(channel);
      }
    }
  }

  /** Who is there, in the order of coming. */
  public synchronized List<Client> clients(String channel) {
    Room room = rooms.get(channel);
    return room == null ? List.of() : List.copyOf(room.clients.values());
  }

  /** How many are there; who is not known is one user with all others of that kind. */
  public Counts counts(String channel) {
    List<Client> clients = clients(channel);
    return new Counts(clients.size(), (int) clients.stream().map(Client::user).distinct().count());
  }

  private static int size(Client who) {
    int names = who.user().length() + 2 * who.client().length();
    return OVERHEAD + names + size(who.info()) + size(who.channelInfo());
  }

  private static int size(@Nullable Payload info) {
    return info == null ? 0 : info.size();
  }
}
