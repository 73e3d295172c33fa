package dev.runar.internal.boot;

import dev.runar.Payload;
import dev.runar.Session;
import dev.runar.internal.node.SessionDirectory;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The clients of a port that may not be open yet: until then there are none. */
record LateSessions(Supplier<? extends @Nullable SessionDirectory> clients)
    implements SessionDirectory {

  private SessionDirectory now() {
    SessionDirectory open = clients.get();
    return open == null ? SessionDirectory.EMPTY : open;
  }

  @Override
  public Optional<Session> session(String id) {
    return now().session(id);
  }

  @Override
  public boolean join(String sessionId, String group) {
    return now().join(sessionId, group);
  }

  @Override
  public boolean leave(String sessionId, String group) {
    return now().leave(sessionId, group);
  }

  @Override
  public int sendToGroup(String group, Payload message) {
    return now().sendToGroup(group, message);
  }
}
