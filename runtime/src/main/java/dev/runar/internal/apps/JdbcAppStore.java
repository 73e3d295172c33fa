package dev.runar.internal.apps;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.apps.App;
import dev.runar.apps.AppDatabase;
import dev.runar.apps.AppStore;
import dev.runar.internal.node.Outage;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Apps of a table in a SQL database. Any thread; nobody waits but virtual threads of its own.
 *
 * <p>An answer is remembered, that there is no such app too, and one question is asked once however
 * many wait for it. Only so many questions are under way or wait: beyond that they fail at once, so
 * that clients with invented keys cannot pile up. A failure is not remembered.
 *
 * <p>An app that has been found once is served as it was last while the database fails or is slow,
 * so that an outage turns away only what is not known.
 */
public final class JdbcAppStore implements AppStore, AutoCloseable {
  private static final Logger LOG = System.getLogger(JdbcAppStore.class.getName());

  /** Answers that are remembered, and apps as they were last. */
  private static final int REMEMBERED = 10_000;

  /** Questions that wait for a connection. */
  private static final int WAITING = 1_000;

  /** How long a known app is waited for; what comes later is for the next one who asks. */
  private static final long KNOWN_MS = 1_000;

  private enum By {
    KEY,
    ID
  }

  private record Question(By by, String value) {}

  /**
   * What came of a question. A failure is a value, which is over at once: the cache logs others.
   */
  private sealed interface Answer {
    record Known(Optional<App> app) implements Answer {}

    record Failed(Throwable error) implements Answer {}
  }

  private final AppDatabase database;
  private final AppTable table;
  private final AsyncCache<Question, Answer> answers;
  private final Cache<Question, App> lastKnown =
      Caffeine.newBuilder().maximumSize(REMEMBERED).build();
  private final Outage outage = new Outage();
  private final ExecutorService threads =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("runar-apps-", 0).factory());
  private final ConnectionPool connections;

  /** In front of the pool, which is not made for a thousand who wait. */
  private final Semaphore turns;

  private final AtomicInteger waiting = new AtomicInteger();

  private JdbcAppStore(AppDatabase database) {
    this.database = database;
    this.table = new AppTable(database);
    this.connections = new ConnectionPool(database, table, threads);
    this.turns = new Semaphore(database.connections(), true);
    this.answers =
        Caffeine.newBuilder()
            .maximumSize(REMEMBERED)
            .expireAfter(Expiry.creating((Question question, Answer answer) -> lifetime(answer)))
            .executor(threads)
            .buildAsync();
  }

  private Duration lifetime(Answer answer) {
    return switch (answer) {
      case Answer.Known(var app) -> app.isPresent() ? database.cached() : database.absent();
      case Answer.Failed _ -> Duration.ZERO;
    };
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
    return answers
        .get(
            question,
            (asked, executor) ->
                begin(asked)
                    .<Answer>thenApply(Answer.Known::new)
                    .exceptionally(error -> new Answer.Failed(cause(error))))
        .thenCompose(
            answer ->
                switch (answer) {
                  case Answer.Known(var app) -> CompletableFuture.completedFuture(app);
                  case Answer.Failed(var error) -> CompletableFuture.failedFuture(error);
                });
  }

  private static Throwable cause(Throwable error) {
    return error.getCause() == null ? error : error.getCause();
  }

  private CompletableFuture<Optional<App>> begin(Question question) {
    CompletableFuture<Optional<App>> fresh = read(question);
    App last = lastKnown.getIfPresent(question);
    if (last == null) {
      return fresh;
    }
    return fresh
        .exceptionally(error -> Optional.of(last))
        .completeOnTimeout(Optional.of(last), KNOWN_MS, TimeUnit.MILLISECONDS);
  }

  /** Ends within the timeout, whatever the driver does. */
  private CompletableFuture<Optional<App>> read(Question question) {
    if (waiting.incrementAndGet() > WAITING) {
      waiting.decrementAndGet();
      return CompletableFuture.failedFuture(
          new RunarException(
              Code.OVERLOADED,
              "more than " + WAITING + " questions wait for the database of apps"));
    }
    var fresh = new CompletableFuture<Optional<App>>();
    Future<?> reading;
    try {
      reading = threads.submit(() -> read(question, fresh));
    } catch (RejectedExecutionException e) {
      waiting.decrementAndGet();
      return CompletableFuture.failedFuture(new RunarException(Code.SHUTDOWN, "the node stops", e));
    }
    long timeoutMs = database.timeout().toMillis();
    return fresh
        .orTimeout(timeoutMs, TimeUnit.MILLISECONDS)
        .whenComplete((app, error) -> waiting.decrementAndGet())
        .thenApply(app -> learned(question, app))
        .exceptionallyCompose(error -> failed(error, reading));
  }

  private Optional<App> learned(Question question, Optional<App> app) {
    app.ifPresentOrElse(
        found -> lastKnown.put(question, found), () -> lastKnown.invalidate(question));
    return app;
  }

  private CompletionStage<Optional<App>> failed(Throwable error, Future<?> reading) {
    Throwable failure = cause(error);
    if (failure instanceof TimeoutException) {
      reading.cancel(true); // frees its connection, if the driver can be interrupted
      failure =
          new RunarException(
              Code.TIMEOUT,
              "the database of apps did not answer within "
                  + database.timeout().toMillis()
                  + " ms");
    }
    if (outage.begins(System.nanoTime())) {
      LOG.log(
          Level.WARNING,
          "the database of apps fails, apps are served as they were last known error=" + failure);
    }
    return CompletableFuture.failedFuture(failure);
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
  }
}
