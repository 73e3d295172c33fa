package dev.runar.internal.apps;

import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.SQLTimeoutException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * New connections to the table of apps, each made within a time, whatever the driver does; and why
 * there was none, until there is one again. Any thread that may block.
 */
final class DriverConnections implements DataSource {
  private final AppTable table;
  private final Duration timeout;
  private final ExecutorService threads;
  private volatile @Nullable SQLException failure;

  DriverConnections(AppTable table, Duration timeout, ExecutorService threads) {
    this.table = table;
    this.timeout = timeout;
    this.threads = threads;
  }

  /** Why the last connection could not be made, if it could not. */
  Optional<SQLException> failure() {
    return Optional.ofNullable(failure);
  }

  @Override
  public Connection getConnection() throws SQLException {
    try {
      Connection connection = open();
      failure = null;
      return connection;
    } catch (SQLException e) {
      SQLException told = table.masked(e); // the pool writes it to its log
      failure = told;
      throw told;
    }
  }

  private Connection open() throws SQLException {
    var opened = new CompletableFuture<Connection>();
    Future<?> opening = threads.submit(() -> open(opened));
    try {
      return opened.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof SQLException known ? known : new SQLException(e.getCause());
    } catch (TimeoutException | InterruptedException e) {
      if (!opened.completeExceptionally(e)) {
        return opened.resultNow(); // in the last moment
      }
      opening.cancel(true);
      throw new SQLTimeoutException(
          "no connection could be made within " + timeout.toMillis() + " ms", e);
    }
  }

  private void open(CompletableFuture<Connection> opened) {
    try {
      Connection connection = table.connect();
      if (!opened.complete(connection)) {
        connection.close(); // nobody waits for it any more
      }
    } catch (SQLException | RuntimeException e) { // drivers throw both
      opened.completeExceptionally(e);
    }
  }

  @Override
  public Connection getConnection(String user, String password) throws SQLException {
    throw new SQLFeatureNotSupportedException("the user is that of the configuration");
  }

  @Override
  public @Nullable PrintWriter getLogWriter() {
    return null;
  }

  @Override
  public void setLogWriter(@Nullable PrintWriter out) {} // nothing is written

  @Override
  public void setLoginTimeout(int seconds) {} // the timeout is that of the configuration

  @Override
  public int getLoginTimeout() {
    return (int) Math.max(1, timeout.toSeconds());
  }

  @Override
  public Logger getParentLogger() throws SQLFeatureNotSupportedException {
    throw new SQLFeatureNotSupportedException("it has no logger of java.util.logging");
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    throw new SQLException("it wraps nothing");
  }

  @Override
  public boolean isWrapperFor(Class<?> type) {
    return false;
  }
}
