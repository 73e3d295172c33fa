package dev.runar.spi;

/** Decides what a client session may do. Any thread; must not block. */
public interface Authorizer {

  /** What a client wants to do. */
  enum Verb {
    SUBSCRIBE,
    PUBLISH,
    REQUEST
  }

  /** The answer. */
  enum Decision {
    ALLOWED,
    DENIED
  }

  /**
   * Decides one wish.
   *
   * @param sessionId the session that asks
   * @param path the topic, pattern or action, without the network when it is the node's own
   */
  Decision decide(String sessionId, Verb verb, String path);

  /** Allows everything but what belongs to the node itself: paths that begin with {@code $}. */
  static Authorizer openToAll() {
    return (sessionId, verb, path) -> path.startsWith("$") ? Decision.DENIED : Decision.ALLOWED;
  }
}
