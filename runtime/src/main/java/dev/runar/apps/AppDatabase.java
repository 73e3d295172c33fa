package dev.runar.apps;

import java.time.Duration;

/**
 * A table of apps in a SQL database, reached by JDBC (docs/pusher-apps.md). Its driver is brought
 * by who starts the node, as a jar or on the class path. Immutable.
 *
 * @param url such as {@code jdbc:postgresql://localhost/app}; empty: there is none
 * @param driver the file of a jar with the JDBC driver; empty: it is on the class path
 * @param user empty: as the URL says
 * @param password goes with the user
 * @param table its name, with a schema's before a dot or without
 * @param cached how long an app that was found is not asked for again
 * @param absent how long one that was not found is not asked for again
 * @param connections at a time
 * @param timeout how long a question may take
 */
public record AppDatabase(
    String url,
    String driver,
    String user,
    Secret password,
    String table,
    Duration cached,
    Duration absent,
    int connections,
    Duration timeout) {
  /** There is none. */
  public static final AppDatabase NONE =
      new AppDatabase(
          "",
          "",
          "",
          new Secret(""),
          "apps",
          Duration.ofSeconds(10),
          Duration.ofSeconds(2),
          4,
          Duration.ofSeconds(5));

  /**
   * A database.
   *
   * @throws IllegalArgumentException for a value outside its range, with the range
   */
  public AppDatabase {
    if (!url.isEmpty() && !url.startsWith("jdbc:")) {
      throw new IllegalArgumentException("url must begin with jdbc:");
    }
    if (!table.matches("[A-Za-z_][A-Za-z0-9_]*(\\.[A-Za-z_][A-Za-z0-9_]*)?")) {
      throw new IllegalArgumentException("table must be a plain name, it is \"" + table + "\"");
    }
    if (cached.isNegative() || absent.isNegative()) {
      throw new IllegalArgumentException("cached and absent must be 0 ms or more");
    }
    if (connections < 1) {
      throw new IllegalArgumentException("connections must be above 0, it is " + connections);
    }
    if (timeout.toMillis() < 1) {
      throw new IllegalArgumentException("timeout must be above 0 ms");
    }
  }

  /** Whether there is one. */
  public boolean isPresent() {
    return !url.isEmpty();
  }
}
