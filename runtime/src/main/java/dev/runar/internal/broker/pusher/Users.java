package dev.runar.internal.broker.pusher;

import dev.runar.Session;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The users of one app who are signed in or watched. Any thread. There are never more of them than
 * sessions, which the broker bounds, times what one session may watch.
 */
final class Users {
  private final ConcurrentHashMap<String, User> byId = new ConcurrentHashMap<>();
  private final AtomicInteger signedIn = new AtomicInteger();

  /** A session is signed in, at most once; those who watch the user hear of the first one. */
  void enter(String userId, Session session) {
    User user = find(userId);
    while (!user.enter(session)) {
      byId.remove(userId, user);
      user = find(userId);
    }
    signedIn.incrementAndGet();
  }

  /** A session that was signed in has gone; those who watch the user hear of the last one. */
  void leave(String userId, Session session) {
    User user = byId.get(userId);
    if (user == null) {
      return;
    }
    signedIn.decrementAndGet();
    if (user.leave(session)) {
      byId.remove(userId, user);
    }
  }

  /**
   * From now on the session hears of the user's coming and going.
   *
   * @return whether the user is here; every change of that is told, and after this
   */
  boolean watch(String userId, Session watcher) {
    User user = find(userId);
    User.Seen seen = user.watch(watcher);
    while (seen == User.Seen.ENDED) {
      byId.remove(userId, user);
      user = find(userId);
      seen = user.watch(watcher);
    }
    return seen == User.Seen.ONLINE;
  }

  /** The session hears of the user no more. */
  void unwatch(String userId, Session watcher) {
    User user = byId.get(userId);
    if (user != null && user.unwatch(watcher)) {
      byId.remove(userId, user);
    }
  }

  private User find(String userId) {
    return byId.computeIfAbsent(userId, User::new);
  }

  /** The sessions that are signed in as a user. */
  List<Session> sessions(String userId) {
    User user = byId.get(userId);
    return user == null ? List.of() : user.sessions();
  }

  /** How many sessions are signed in. */
  int signedIn() {
    return signedIn.get();
  }

  /** How many users are signed in or watched. */
  int size() {
    return byId.size();
  }
}
