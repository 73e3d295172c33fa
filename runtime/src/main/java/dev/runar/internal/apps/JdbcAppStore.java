package dev.runar.internal.apps;

import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.apps.App;
import dev.runar.apps.AppDatabase;
import dev.runar.apps.AppStore;
import dev.runar.internal.apps.AppCache.By;
import dev.runar.internal.apps.AppCache.Question;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Apps of a table in a SQL database, remembered as {@link AppCache} does. Any thread; nobody waits
 * but virtual threads of its own.
 */
public final class JdbcAppStore implements AppStore, AutoCloseable {
  private final AppDatabase database;
  private final JdbcDriver driver;
  private final AppTable table;
  private final ExecutorService threads =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("runar-apps-", 0).factory());
  private final AppCache cache;
  private final ConnectionPool connections;

  /** In front of the pool, which is not made for a thousand who wait. */
  private final Semaphore turns;

  private JdbcAppStore(AppDatabase database) {
    this.database = database;
    this.driver = JdbcDriver.of(database);
    this.table = new AppTable(database, driver);
    this.connections = new ConnectionPool(database, table, threads);
    this.turns = new Semaphore(database.connections(), true);
    this.cache =
        new AppCache(
            new AppCache.Terms(
                "the database of apps", database.cached(), database.absent(), database.timeout()),
            this::read,
            threads);
  }

  /**
   * Connects with the first question.
   *
   * @throws RunarException {@code CONFIG} when the driver that is named cannot be loaded
   */
  public static JdbcAppStore of(AppDatabase database) {
    return new JdbcAppStore(database);
  }

  @Override
  public CompletableFuture<Optional<App>> byKey(String key) {
    return cache.byKey(key);
  }

  @Override
  public CompletableFuture<Optional<App>> byId(String id) {
    return cache.byId(id);
  }

  private CompletableFuture<Optional<App>> read(Question question) {
    var fresh = new CompletableFuture<Optional<App>>();
    Future<?> reading;
    try {
      reading = threads.submit(() -> read(question, fresh));
    } catch (RejectedExecutionException e) {
      return CompletableFuture.failedFuture(new RunarException(Code.SHUTDOWN, "the node stops", e));
    }
    var _ =
        fresh.whenComplete(
            (app, error) -> {
              if (error instanceof TimeoutException) {
                reading.cancel(true); // frees its connection, if the driver can be interrupted
              }
            });
    return fresh;
  }

  private void read(Question question, CompletableFuture<Optional<App>> fresh) {
    try {
      if (!turns.tryAcquire(database.timeout().toMillis(), TimeUnit.MILLISECONDS)) {
        return; // it has timed out
      }
    } catch (InterruptedException e) {
      fresh.completeExceptionally(new RunarException(Code.SHUTDOWN, "the node stops", e));
      return;
    }
    try (Connection connection = connections.take()) {
      fresh.complete(
          question.by() == By.KEY
              ? table.byKey(connection, question.value())
              : table.byId(connection, question.value()));
    } catch (RunarException e) {
      fresh.completeExceptionally(e);
    } catch (SQLException | RuntimeException e) { // drivers throw both
      fresh.completeExceptionally(table.failure(e));
    } catch (Error e) { // such as a class that a driver misses
      fresh.completeExceptionally(table.failure(new SQLException(e)));
    } finally {
      turns.release();
    }
  }

  /** The connections that are open. */
  int connections() {
    return connections.size();
  }

  /** Questions that have not been answered fail. Repeatable. */
  @Override
  public void close() {
    threads.shutdownNow();
    connections.close();
    driver.close();
  }
}
