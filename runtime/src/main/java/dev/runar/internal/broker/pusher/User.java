package dev.runar.internal.broker.pusher;

import dev.runar.Payload;
import dev.runar.Session;
import dev.runar.internal.protocol.pusher.WatchlistWriter;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * One user of an app: the sessions that are signed in as this user, and those that watch. Any
 * thread.
 *
 * <p>Everything here is one step under this user's own lock, the telling of the watchers too: so
 * each of them hears of every coming and going once, and in order.
 */
final class User {
  /** Where a user was when a session began to watch. */
  enum Seen {
    ONLINE,
    OFFLINE,
    /** Nowhere: nobody was signed in or watched, so another is made. */
    ENDED
  }

  private final String id;

  // Under this lock.
  private final Set<Session> sessions = new HashSet<>(2);
  private final Set<Session> watchers = new HashSet<>(2);
  private boolean ended;

  User(String id) {
    this.id = id;
  }

  /** A session is signed in; false: this user has ended, make another. */
  synchronized boolean enter(Session session) {
    if (!ended && sessions.add(session) && sessions.size() == 1) {
      tell(WatchlistWriter.events(List.of(id), List.of()));
    }
    return !ended;
  }

  /** A session has gone; true: this user has ended. */
  synchronized boolean leave(Session session) {
    if (sessions.remove(session) && sessions.isEmpty()) {
      tell(WatchlistWriter.events(List.of(), List.of(id)));
    }
    return endIfUnused();
  }

  /** A session watches from now on: it is told of every change of what this answers. */
  synchronized Seen watch(Session watcher) {
    if (ended) {
      return Seen.ENDED;
    }
    watchers.add(watcher);
    return sessions.isEmpty() ? Seen.OFFLINE : Seen.ONLINE;
  }

  /** A session watches no longer; true: this user has ended. */
  synchronized boolean unwatch(Session watcher) {
    watchers.remove(watcher);
    return endIfUnused();
  }

  synchronized List<Session> sessions() {
    return List.copyOf(sessions);
  }

  private void tell(Payload event) {
    for (Session watcher : watchers) {
      // One that has gone needs no word, and one that is too slow is disconnected and counted.
      var _ = watcher.send(event);
    }
  }

  private boolean endIfUnused() {
    ended = sessions.isEmpty() && watchers.isEmpty();
    return ended;
  }
}
