package dev.runar.spi;

/**
 * Decides what a client session may do on {@code /topics}. Called by the event loops, before each
 * subscription, publication and request; must not block. What it denies, and what it throws at,
 * reaches the client as {@code PERMISSION_DENIED} and is counted; the session lives on.
 *
 * <p>It decides alone: one of your own also opens or closes the paths that begin with {@code $},
 * and keeps them closed by asking {@link #openToAll()} first. A pattern is asked for as the client
 * spelled it, so who may not see a topic must not be allowed a pattern that matches it. A request
 * is asked for by its plain path, whatever versions it names, as in {@code admin@2/wipe}: what is
 * said of {@code admin/wipe} holds for every version of it. It is not asked for the list of topics
 * that have subscribers, for raw WebSocket paths, which decide in their {@code open}, nor for what
 * scripts and Java handlers do.
 */
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
   * @param path the topic, pattern or action, without the network when it is the node's own; an
   *     action without its versions
   */
  Decision decide(String sessionId, Verb verb, String path);

  /**
   * Allows everything but what belongs to the node itself: paths that begin with {@code $}. Of
   * those it lets clients subscribe to the public channels of apps, {@code $app/{id}/{channel}}.
   */
  static Authorizer openToAll() {
    return (sessionId, verb, path) ->
        !path.startsWith("$") || (verb == Verb.SUBSCRIBE && isPublicChannel(path))
            ? Decision.ALLOWED
            : Decision.DENIED;
  }

  private static boolean isPublicChannel(String path) {
    String[] segments = path.split("/", -1);
    return segments.length == 3
        && segments[0].equals("$app")
        && segments[1].matches("[A-Za-z0-9_-]+")
        && segments[2].matches("[A-Za-z0-9_=@,.;-]+") // no wildcard, no template
        && !segments[2].startsWith("private-")
        && !segments[2].startsWith("presence-");
  }
}
