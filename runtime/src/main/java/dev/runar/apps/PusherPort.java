package dev.runar.apps;

/**
 * Where and how the port speaks the Pusher dialect, whichever apps there are. Immutable.
 *
 * @param path what goes before {@code /app/…} and {@code /apps/…}, such as {@code /realtime};
 *     empty: nothing. It is no part of what a server signs
 * @param requestBytes of the body of one call of the HTTP API; more: 413
 * @param refuseRepeats whether a request of the HTTP API that changes something is refused when it
 *     comes a second time with the same signature. A server that publishes one event twice within a
 *     second signs it twice the same
 */
public record PusherPort(
    String path, int requestBytes, boolean refuseRepeats, AppDatabase database) {
  /** At the root. */
  public static final PusherPort DEFAULT = new PusherPort("", 262_144, true, AppDatabase.NONE);

  /**
   * How the port speaks it.
   *
   * @throws IllegalArgumentException for a value outside its range, with the range
   */
  public PusherPort {
    if (!path.matches("(/[A-Za-z0-9._~-]+)*")) {
      throw new IllegalArgumentException(
          "path must be empty, or begin with / and not end with it, it is \"" + path + "\"");
    }
    if (requestBytes < 1) {
      throw new IllegalArgumentException("requestBytes must be above 0, it is " + requestBytes);
    }
  }

  public PusherPort withPath(String newPath) {
    return new PusherPort(newPath, requestBytes, refuseRepeats, database);
  }

  public PusherPort withRequestBytes(int newRequestBytes) {
    return new PusherPort(path, newRequestBytes, refuseRepeats, database);
  }

  public PusherPort withRefuseRepeats(boolean newRefuseRepeats) {
    return new PusherPort(path, requestBytes, newRefuseRepeats, database);
  }

  public PusherPort withDatabase(AppDatabase newDatabase) {
    return new PusherPort(path, requestBytes, refuseRepeats, newDatabase);
  }
}
