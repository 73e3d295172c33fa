package dev.runar.internal.apps;

import com.zaxxer.hikari.HikariDataSource;
import dev.runar.apps.AppDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.concurrent.ExecutorService;

/**
 * The connections to the table of apps, kept between questions. Any thread that may block.
 *
 * <p>Made with the first question; kept while they are used, and for a minute. A database that
 * refuses connections is told of within {@link #PATIENCE} with its own reason; one that is slow is
 * waited for as long as the question may take.
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
    long end = System.nanoTime() + timeout.toNanos();
    while (true) {
      try {
        return pool.getConnection();
      } catch (SQLTransientConnectionException late) {
        if (made.failure().isPresent()) {
          throw made.failure().orElse(late);
        }
        if (System.nanoTime() - end > 0) {
          throw late;
        }
      }
    }
  }

  /** How many there are. */
  int size() {
    return pool.isRunning() ? pool.getHikariPoolMXBean().getTotalConnections() : 0;
  }

  /** Ends them. Repeatable. */
  @Override
  public void close() {
    pool.close();
  }
}
