package dev.runar.internal.apps;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.apps.App;
import dev.runar.apps.AppDatabase;
import dev.runar.apps.AppStore;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Apps of a table in a SQL database. Any thread; nobody waits but virtual threads of its own.
 *
 * <p>An answer is remembered, that there is no such app too, and one question is asked once however
 * many wait for it. Only so many questions are under way or wait: beyond that they fail at once, so
 * that clients with invented keys cannot pile up. A failure is not remembered.
 */
public final class JdbcAppStore implements AppStore, AutoCloseable {
  /** Answers that are remembered. */
  private static final int REMEMBERED = 10_000;

  /** Questions that wait for a connection. */
  private static final int WAITING = 1_000;

  private enum By {
    KEY,
    ID
  }

  private record Question(By by, String value) {}

  private final AppDatabase database;
  private final AppTable table;
  private final AsyncCache<Question, Optional<App>> answers;
  private final ExecutorService threads =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("runar-apps-", 0).factory());
  private final Semaphore connections;
  private final AtomicInteger waiting = new AtomicInteger();

  private JdbcAppStore(AppDatabase database) {
    this.database = database;
    this.table = new AppTable(database);
    this.connections = new Semaphore(database.connections());
    this.answers =
        Caffeine.newBuilder()
            .maximumSize(REMEMBERED)
            .expireAfter(
                Expiry.creating(
                    (Question question, Optional<App> app) ->
                        app.isPresent() ? database.cached() : database.absent()))
            .executor(threads)
            .buildAsync();
  }

  /** Connects with the first question. */
  public static JdbcAppStore of(AppDatabase database) {
    return new JdbcAppStore(database);
  }

  @Override
  public CompletableFuture<Optional<App>> byKey(String key) {
    return ask(new Question(By.KEY, key));
  }

  @Override
  public CompletableFuture<Optional<App>> byId(String id) {
    return ask(new Question(By.ID, id));
  }

  private CompletableFuture<Optional<App>> ask(Question question) {
    return answers.get(question, (asked, executor) -> begin(asked));
  }

  private CompletableFuture<Optional<App>> begin(Question question) {
    if (waiting.incrementAndGet() > WAITING) {
      waiting.decrementAndGet();
      return CompletableFuture.failedFuture(
          new RunarException(
              Code.OVERLOADED,
              "more than " + WAITING + " questions wait for the database of apps"));
    }
    return CompletableFuture.supplyAsync(() -> read(question), threads)
        .whenComplete((app, error) -> waiting.decrementAndGet());
  }

  private Optional<App> read(Question question) {
    try {
      if (!connections.tryAcquire(database.timeout().toMillis(), TimeUnit.MILLISECONDS)) {
        throw new RunarException(
            Code.TIMEOUT,
            "no connection to the database of apps was free within "
                + database.timeout().toMillis()
                + " ms");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RunarException(Code.SHUTDOWN, "the node stops", e);
    }
    try (Connection connection = table.connect()) {
      return question.by() == By.KEY
          ? table.byKey(connection, question.value())
          : table.byId(connection, question.value());
    } catch (SQLException e) {
      throw new RunarException(
          Code.INTERNAL,
          "the table of apps could not be read: state=" + e.getSQLState() + " " + e.getMessage(),
          e);
    } finally {
      connections.release();
    }
  }

  /** Questions that have not been answered fail. Repeatable. */
  @Override
  public void close() {
    threads.shutdownNow();
  }
}
