package dev.runar.internal.broker;

import java.util.Optional;

/** The dialects that are spoken on paths of their own. Any thread. */
public interface DialectPaths {
  /** None. */
  DialectPaths NONE = path -> Optional.empty();

  /** What begins a session on a URL path, if it is one of a dialect. */
  Optional<Opening> opening(String path);

  /** How sessions of one dialect begin. */
  interface Opening {
    Dialect dialect();

    /** A new one, unlike all others of the node. */
    String sessionId();

    /** Begins the conversation ({@link ClientSession#begin}). Lane's thread. */
    void begin(ClientSession session, Arrival arrival);
  }
}
