package dev.runar.internal.broker;

import dev.runar.Delivery;
import dev.runar.Payload;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Named sets of sessions, so that a service can send to everyone who watches the same thing. A
 * group exists while it has members; a session that ends leaves all of its groups. Any thread.
 */
public final class SessionGroups {
  private final int groupsPerSession;
  private final BrokerStats stats;

  // Under this lock.
  private final Map<String, Set<ClientSession>> groups = new HashMap<>();
  private final Map<ClientSession, Set<String>> joined = new HashMap<>();

  SessionGroups(int groupsPerSession, BrokerStats stats) {
    this.groupsPerSession = groupsPerSession;
    this.stats = stats;
  }

  /**
   * Makes the session a member. Repeatable.
   *
   * @return {@code CLOSED} when the session has ended
   * @throws RunarException {@code OVERLOADED} when it is in too many groups
   */
  synchronized Delivery join(ClientSession session, String group) {
    if (!session.isOpen()) {
      return Delivery.CLOSED;
    }
    Set<String> mine = joined.computeIfAbsent(session, key -> new HashSet<>());
    if (mine.size() >= groupsPerSession && !mine.contains(group)) {
      stats.refused(BrokerStats.Refusal.GROUP_LIMIT);
      throw new RunarException(
          Code.OVERLOADED, "the session is in " + groupsPerSession + " groups already");
    }
    mine.add(group);
    groups.computeIfAbsent(group, key -> new HashSet<>()).add(session);
    return Delivery.QUEUED;
  }

  /** Ends the membership, if there is one. */
  synchronized void leave(ClientSession session, String group) {
    Set<String> mine = joined.get(session);
    if (mine == null || !mine.remove(group)) {
      return;
    }
    if (mine.isEmpty()) {
      joined.remove(session);
    }
    removeFrom(group, session);
  }

  synchronized void leaveAll(ClientSession session) {
    Set<String> mine = joined.remove(session);
    if (mine != null) {
      mine.forEach(group -> removeFrom(group, session));
    }
  }

  private void removeFrom(String group, ClientSession session) {
    Set<ClientSession> members = groups.get(group);
    if (members != null && members.remove(session) && members.isEmpty()) {
      groups.remove(group);
    }
  }

  /**
   * Sends to every member, encoded once for each dialect.
   *
   * @return the sessions that took it
   */
  public int send(String group, Payload message) {
    List<ClientSession> members = members(group);
    if (members.isEmpty()) {
      return 0;
    }
    var encoded = new @Nullable Outgoing[Dialect.COUNT];
    int taken = 0;
    for (ClientSession member : members) {
      Dialect dialect = member.dialect();
      Outgoing own = encoded[dialect.index()];
      if (own == null) {
        own = dialect.direct(message);
        encoded[dialect.index()] = own;
      }
      if (member.send(own) == Delivery.QUEUED) {
        taken++;
      }
    }
    return taken;
  }

  private synchronized List<ClientSession> members(String group) {
    return List.copyOf(groups.getOrDefault(group, Set.of()));
  }
}
