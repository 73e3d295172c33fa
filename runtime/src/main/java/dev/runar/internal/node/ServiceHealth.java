package dev.runar.internal.node;

import dev.runar.Payload;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.Service.State;
import dev.runar.spi.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Asks services how they are: every few seconds, and when somebody wants to know and the last
 * answer is not fresh. A service is asked by one question at a time. Any thread; nothing blocks.
 */
public final class ServiceHealth {
  /** How long one may take. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  /** How long an answer is given to others too. */
  private static final Duration FRESH = Duration.ofSeconds(1);

  /** Between two rounds that nobody has asked for. */
  private static final Duration INTERVAL = Duration.ofSeconds(5);

  private final Registry registry;
  private final Clock clock;
  private final ExecutorService threads;
  private final Map<ServiceEntry, CompletableFuture<HealthReport>> asked =
      new ConcurrentHashMap<>();
  private volatile boolean ended;

  ServiceHealth(Registry registry, Clock clock, ExecutorService threads) {
    this.registry = registry;
    this.clock = clock;
    this.threads = threads;
  }

  /** Begins the rounds; completes when each service has answered once. */
  CompletableFuture<Void> begin() {
    return CompletableFuture.allOf(
            registry.all().stream()
                .filter(ServiceHealth::isAsked)
                .map(this::report)
                .toArray(CompletableFuture<?>[]::new))
        .whenComplete((done, error) -> later());
  }

  private void later() {
    if (ended) {
      return;
    }
    try {
      CompletableFuture.delayedExecutor(INTERVAL.toMillis(), TimeUnit.MILLISECONDS, threads)
          .execute(() -> begin().isDone());
    } catch (RejectedExecutionException stopped) {
      ended = true;
    }
  }

  void end() {
    ended = true;
  }

  /**
   * Whether clients may be sent here, as far as services know: none of those that run has said no,
   * and none waits for another one to start.
   */
  public boolean isReady() {
    return registry.all().stream().allMatch(ServiceHealth::letsBeReady);
  }

  private static boolean letsBeReady(ServiceEntry entry) {
    if (entry.state == State.INITIALIZED) {
      return entry.problem.isEmpty();
    }
    HealthReport last = entry.health;
    return entry.state != State.RUNNING || last == null || last.isReady();
  }

  /** Asks every service; those that do not run are there with their state only. */
  public CompletableFuture<List<Map<String, @Nullable Object>>> all() {
    var rows = new ArrayList<CompletableFuture<Map<String, @Nullable Object>>>();
    for (ServiceEntry entry : registry.all()) {
      if (!entry.path().startsWith("$")) {
        rows.add(row(entry));
      }
    }
    return CompletableFuture.allOf(rows.toArray(CompletableFuture<?>[]::new))
        .thenApply(done -> rows.stream().map(CompletableFuture::resultNow).toList());
  }

  /**
   * Asks one service.
   *
   * @param address such as {@code math} or {@code math@1}
   */
  public CompletableFuture<Map<String, @Nullable Object>> of(String address) {
    return registry
        .find(address)
        .map(this::row)
        .orElseGet(
            () ->
                CompletableFuture.failedFuture(
                    new RunarException(Code.NOT_FOUND, "there is no service \"" + address + "\"")));
  }

  private CompletableFuture<Map<String, @Nullable Object>> row(ServiceEntry entry) {
    if (!isAsked(entry)) {
      var row = head(entry);
      row.put("ready", false);
      return CompletableFuture.completedFuture(row);
    }
    return report(entry)
        .thenApply(
            report -> {
              var row = head(entry);
              row.putAll(report.shown());
              return row;
            });
  }

  private static Map<String, @Nullable Object> head(ServiceEntry entry) {
    var row = new LinkedHashMap<String, @Nullable Object>();
    row.put("path", entry.path());
    row.put("version", entry.definition.version());
    row.put("state", entry.state.name());
    if (!entry.problem.isEmpty()) {
      row.put("problem", entry.problem);
    }
    return row;
  }

  private static boolean isAsked(ServiceEntry entry) {
    return entry.state == State.RUNNING;
  }

  private CompletableFuture<HealthReport> report(ServiceEntry entry) {
    HealthReport last = entry.health;
    if (last != null && clock.wallMs() - last.checkedMs() < FRESH.toMillis()) {
      return CompletableFuture.completedFuture(last);
    }
    var question = new CompletableFuture<HealthReport>();
    CompletableFuture<HealthReport> open = asked.putIfAbsent(entry, question);
    if (open != null) {
      return open;
    }
    long begun = clock.nanos();
    var _ =
        answer(entry)
            .thenApply(details -> answered(details, begun))
            .exceptionally(error -> failed(error, begun))
            .thenAccept(
                report -> {
                  entry.health = report;
                  asked.remove(entry);
                  question.complete(report);
                });
    return question;
  }

  private static CompletableFuture<Optional<Payload>> answer(ServiceEntry entry) {
    try {
      return entry
          .definition
          .lifecycle()
          .health()
          .orTimeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (RunarException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private HealthReport answered(Optional<Payload> details, long begun) {
    return new HealthReport(
        HealthReport.saysReady(details), details, null, msSince(begun), clock.wallMs());
  }

  private HealthReport failed(Throwable error, long begun) {
    Throwable cause = error instanceof CompletionException wrapped ? wrapped.getCause() : error;
    RunarException why =
        cause instanceof TimeoutException
            ? new RunarException(
                Code.TIMEOUT, "health has not answered within " + PATIENCE.toMillis() + " ms")
            : Failures.of(error);
    return new HealthReport(false, Optional.empty(), why, msSince(begun), clock.wallMs());
  }

  private long msSince(long begun) {
    return (clock.nanos() - begun) / 1_000_000;
  }
}
