package dev.runar.internal.node;

import dev.runar.Payload;
import dev.runar.Session;
import java.util.Optional;

/** Finds connected clients, alone and in groups. The broker is one. Any thread. */
public interface SessionDirectory {
  /** Knows nobody: a node without a port. */
  SessionDirectory EMPTY =
      new SessionDirectory() {
        @Override
        public Optional<Session> session(String id) {
          return Optional.empty();
        }

        @Override
        public boolean join(String sessionId, String group) {
          return false;
        }

        @Override
        public boolean leave(String sessionId, String group) {
          return false;
        }

        @Override
        public int sendToGroup(String group, Payload message) {
          return 0;
        }
      };

  /** A connected session by its id. */
  Optional<Session> session(String id);

  /** Puts a session into a group; false when it is gone or in too many groups. */
  boolean join(String sessionId, String group);

  /** Takes a session out of a group; false when it was not in it. */
  boolean leave(String sessionId, String group);

  /** Sends to every session of a group; returns to how many. */
  int sendToGroup(String group, Payload message);
}
