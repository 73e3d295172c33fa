package dev.runar.internal.apps;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.apps.App;
import dev.runar.internal.node.Outage;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Remembers what a source of apps has answered. Any thread; nobody waits.
 *
 * <p>That there is no such app is remembered too, and one question is asked once however many wait
 * for it. Only so many questions are under way: beyond that they fail at once, so that clients with
 * invented keys cannot pile up. A failure is not remembered.
 *
 * <p>An app that has been found once is served as it was last while the source fails or is slow, so
 * that an outage turns away only what is not known.
 */
final class AppCache {
  private static final Logger LOG = System.getLogger(AppCache.class.getName());

  /** Answers that are remembered, and apps as they were last. */
  private static final int REMEMBERED = 10_000;

  /** Questions without an answer. */
  private static final int WAITING = 1_000;

  /** How long a known app is waited for; what comes later is for the next one who asks. */
  private static final long KNOWN_MS = 1_000;

  enum By {
    KEY,
    ID
  }

  record Question(By by, String value) {
    /** Whether an app is what was asked for. */
    boolean fits(App app) {
      return value.equals(by == By.KEY ? app.key() : app.id());
    }
  }

  /** Who is asked. */
  interface Source {
    /** Completed with a {@link TimeoutException} from outside when it takes too long. */
    CompletableFuture<Optional<App>> read(Question question);
  }

  /**
   * How long things take.
   *
   * @param name of the source, in errors
   * @param cached how long an app that was found is not asked for again
   * @param absent how long one that was not found is not asked for again
   * @param timeout of a question
   */
  record Terms(String name, Duration cached, Duration absent, Duration timeout) {}

  /**
   * What a question has led to: a failure is one too, as the cache would log each by itself.
   *
   * @param failure null: there is an answer
   */
  private record Outcome(Optional<App> app, @Nullable Throwable failure) {
    static Outcome found(Optional<App> app) {
      return new Outcome(app, null);
    }

    static Outcome failed(Throwable failure) {
      return new Outcome(Optional.empty(), failure);
    }

    CompletableFuture<Optional<App>> future() {
      return failure == null
          ? CompletableFuture.completedFuture(app)
          : CompletableFuture.failedFuture(failure);
    }
  }

  private final Terms terms;
  private final Source source;
  private final AsyncCache<Question, Outcome> answers;
  private final Cache<Question, App> lastKnown =
      Caffeine.newBuilder().maximumSize(REMEMBERED).build();
  private final Outage outage = new Outage();
  private final AtomicInteger waiting = new AtomicInteger();

  /**
   * Knows nothing yet.
   *
   * @param upkeep runs what the cache does for itself
   */
  AppCache(Terms terms, Source source, Executor upkeep) {
    this.terms = terms;
    this.source = source;
    this.answers =
        Caffeine.newBuilder()
            .maximumSize(REMEMBERED)
            .expireAfter(
                Expiry.creating((Question question, Outcome outcome) -> rememberedFor(outcome)))
            .executor(upkeep)
            .buildAsync();
  }

  private Duration rememberedFor(Outcome outcome) {
    if (outcome.failure() != null) {
      return Duration.ZERO;
    }
    return outcome.app().isPresent() ? terms.cached() : terms.absent();
  }

  CompletableFuture<Optional<App>> byKey(String key) {
    return ask(new Question(By.KEY, key));
  }

  CompletableFuture<Optional<App>> byId(String id) {
    return ask(new Question(By.ID, id));
  }

  private CompletableFuture<Optional<App>> ask(Question question) {
    return answers
        .get(
            question,
            (asked, executor) ->
                begin(asked).thenApply(Outcome::found).exceptionally(Outcome::failed))
        .thenCompose(Outcome::future);
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

  /** Ends within the timeout, whatever the source does. */
  private CompletableFuture<Optional<App>> read(Question question) {
    if (waiting.incrementAndGet() > WAITING) {
      waiting.decrementAndGet();
      return CompletableFuture.failedFuture(
          new RunarException(
              Code.OVERLOADED, "more than " + WAITING + " questions wait for " + terms.name()));
    }
    return source
        .read(question)
        .orTimeout(terms.timeout().toMillis(), TimeUnit.MILLISECONDS)
        .whenComplete((app, error) -> waiting.decrementAndGet())
        .thenApply(app -> learned(question, app))
        .exceptionallyCompose(this::failed);
  }

  private Optional<App> learned(Question question, Optional<App> app) {
    app.ifPresentOrElse(
        found -> lastKnown.put(question, found), () -> lastKnown.invalidate(question));
    return app;
  }

  private CompletionStage<Optional<App>> failed(Throwable error) {
    Throwable failure = error.getCause() == null ? error : error.getCause();
    if (failure instanceof TimeoutException) {
      failure =
          new RunarException(
              Code.TIMEOUT,
              terms.name() + " did not answer within " + terms.timeout().toMillis() + " ms");
    }
    if (outage.begins(System.nanoTime())) {
      LOG.log(
          Level.WARNING,
          terms.name() + " fails, apps are served as they were last known error=" + failure);
    }
    return CompletableFuture.failedFuture(failure);
  }
}
