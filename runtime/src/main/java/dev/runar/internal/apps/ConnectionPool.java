package dev.runar.internal.apps;

import com.zaxxer.hikari.HikariDataSource;
import dev.runar.apps.AppDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutorService;

/**
 * The connections to the table of apps, kept between questions. Any thread that may block.
 *
 * <p>Made with the first question; kept while they are used, and for a minute. A database that
 * refuses connections is told of with its own reason, within some {@link #PATIENCE}; one that is
 * slow is waited for as long as the question may take.
 */
final class ConnectionPool implements AutoCloseable {
  /** The least that the pool allows. */
  private static final Duration PATIENCE = Duration.ofMillis(250);

  private static final Duration IDLE = Duration.ofMinutes(1);
  private static final Duration LIFETIME = Duration.ofMinutes(10);

  private final Duration timeout;
  private final DriverConnections made;
  private final HikariDataSource pool;

  ConnectionPool(AppDatabase database, AppTable table, ExecutorService threads) {
    this.timeout = database.timeout();
    this.made = new DriverConnections(table, timeout, threads);
    this.pool = new HikariDataSource();
    pool.setPoolName("runar-apps");
    pool.setDataSource(made);
    pool.setReadOnly(true);
    pool.setMaximumPoolSize(database.connections());
    pool.setMinimumIdle(0);
    pool.setIdleTimeout(IDLE.toMillis());
    pool.setMaxLifetime(LIFETIME.toMillis());
    pool.setConnectionTimeout(PATIENCE.toMillis());
    pool.setValidationTimeout(PATIENCE.toMillis());
    pool.setInitializationFailTimeout(-1); // a node starts while its database is away
  }

  /** One of them, to be closed, which gives it back. */
  Connection take() throws SQLException {
    long begun = System.nanoTime();
    while (true) {
      try {
        return pool.getConnection();
      } catch (SQLTransientConnectionException late) {
        Optional<SQLException> failure = made.failureSince(begun);
        if (failure.isPresent()) {
          throw failure.get();
        }
        if (System.nanoTime() - begun > timeout.toNanos()) {
          throw late;
        }
      }
    }
  }

  /** How many there are. */
  int size() {
    return pool.isRunning() ? pool.getHikariPoolMXBean().getTotalConnections() : 0;
  }

  /** Ends them, waiting for no driver; {@code threads} takes nothing any more. Repeatable. */
  @Override
  public void close() {
    made.giveUp();
    pool.close();
  }
}
