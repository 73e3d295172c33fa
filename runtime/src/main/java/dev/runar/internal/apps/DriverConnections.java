package dev.runar.internal.apps;

import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.SQLTimeoutException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
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

  /** Those that are being made; the pool makes at most as many at once as it may have. */
  private final Set<Opening> pending = ConcurrentHashMap.newKeySet();

  private volatile @Nullable Failure failure;

  /** A connection that is being made; equal to itself only. */
  private static final class Opening {
    private final CompletableFuture<Connection> opened = new CompletableFuture<>();
  }

  private record Failure(SQLException error, long atNanos) {}

  DriverConnections(AppTable table, Duration timeout, ExecutorService threads) {
    this.table = table;
    this.timeout = timeout;
    this.threads = threads;
  }

  /**
   * Why the last connection could not be made, if it could not, and if that was not before this
   * time of {@link System#nanoTime}: an older failure is that of an outage that may be over.
   */
  Optional<SQLException> failureSince(long nanos) {
    Failure last = failure;
    return last != null && last.atNanos() - nanos >= 0
        ? Optional.of(last.error())
        : Optional.empty();
  }

  /** Nobody waits any longer for those that are being made, even if their driver goes on. */
  void giveUp() {
    var stopped = new SQLException("the node stops");
    pending.forEach(opening -> opening.opened.completeExceptionally(stopped));
  }

  @Override
  public Connection getConnection() throws SQLException {
    try {
      Connection connection = open();
      failure = null;
      return connection;
    } catch (SQLException e) {
      SQLException told = table.masked(e); // the pool writes it to its log
      failure = new Failure(told, System.nanoTime());
      throw told;
    }
  }

  private Connection open() throws SQLException {
    var opening = new Opening();
    pending.add(opening); // before it can run, so that giveUp sees it
    try {
      return within(opening.opened, threads.submit(() -> open(opening.opened)));
    } catch (RejectedExecutionException e) {
      throw new SQLException("the node stops", e);
    } finally {
      pending.remove(opening);
    }
  }

  private Connection within(CompletableFuture<Connection> opened, Future<?> opening)
      throws SQLException {
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
    } catch (SQLException | RuntimeException | Error e) { // a class may be missing, too
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
