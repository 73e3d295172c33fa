package dev.runar.internal.node;

import dev.runar.spi.Clock;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The handlers that have not ended though nobody waits for them any more: their request was
 * cancelled or has timed out. Each is named once in the log when it still runs after the grace, and
 * counted when it ends. Any thread.
 */
public final class RunningOn {
  private static final Logger LOG = System.getLogger("dev.runar.node");

  /** More are counted, and not listed. */
  private static final int MAX_LISTED = 1_000;

  private final ConcurrentHashMap<Long, Entry> entries = new ConcurrentHashMap<>();
  private final AtomicBoolean willLook = new AtomicBoolean();
  private final Ledger ledger;
  private final Clock clock;
  private final long graceNanos;
  private final Executor afterGrace;

  private static final class Entry {
    final PendingRequest request;
    final String why;
    final long sinceNanos;
    volatile boolean isNamed;

    Entry(PendingRequest request, String why, long sinceNanos) {
      this.request = request;
      this.why = why;
      this.sinceNanos = sinceNanos;
    }
  }

  /**
   * One of them.
   *
   * @param path that was requested
   * @param caller who asked; may be empty
   * @param why nobody waits any more
   * @param since how long that has been so
   */
  public record Handler(long requestId, String path, String caller, String why, Duration since) {}

  RunningOn(Ledger ledger, Clock clock, Duration grace) {
    this.ledger = ledger;
    this.clock = clock;
    this.graceNanos = Clock.nanosOf(grace);
    this.afterGrace = CompletableFuture.delayedExecutor(graceNanos, TimeUnit.NANOSECONDS);
  }

  /** Those that run on, at most 1,000, the longest first. */
  public List<Handler> handlers() {
    long now = clock.nanos();
    return entries.values().stream()
        .sorted((a, b) -> Long.compare(a.sinceNanos - now, b.sinceNanos - now))
        .map(
            entry ->
                new Handler(
                    entry.request.requestId(),
                    entry.request.path(),
                    entry.request.caller(),
                    entry.why,
                    Duration.ofNanos(now - entry.sinceNanos)))
        .toList();
  }

  /** Nobody waits for a request whose handler has begun. */
  void add(PendingRequest request, String why) {
    if (request.isHandlerDone() || entries.size() >= MAX_LISTED) {
      return;
    }
    entries.put(request.requestId(), new Entry(request, why, clock.nanos()));
    if (request.isHandlerDone()) { // meanwhile
      entries.remove(request.requestId());
      return;
    }
    lookLater();
  }

  /** A handler has ended, after its request was settled by somebody else. */
  void hasEnded(PendingRequest request) {
    if (request.handlerIsDone() && !request.isEndExpected()) {
      ledger.lateSettle();
    }
    entries.remove(request.requestId());
  }

  private void lookLater() {
    if (willLook.compareAndSet(false, true)) {
      afterGrace.execute(this::look);
    }
  }

  private void look() {
    willLook.set(false);
    long now = clock.nanos();
    boolean isAnyYoung = false;
    for (Entry entry : entries.values()) {
      if (entry.isNamed) {
        continue;
      }
      if (now - entry.sinceNanos < graceNanos) {
        isAnyYoung = true;
      } else {
        entry.isNamed = true;
        Thread.ofVirtual().name("runar-late").start(() -> name(entry));
      }
    }
    if (isAnyYoung) {
      lookLater();
    }
  }

  /** Asking where it is may take a while. */
  private void name(Entry entry) {
    PendingRequest request = entry.request;
    Optional<String> stack =
        request.endpoint().isRunning(request)
            ? request.endpoint().stackOf(request)
            : Optional.empty();
    if (request.isHandlerDone()) {
      return;
    }
    LOG.log(
        Level.WARNING,
        () ->
            "handler runs on path="
                + request.path()
                + " requestId="
                + request.requestId()
                + (request.caller().isEmpty() ? "" : " caller=" + request.caller())
                + " sinceMs="
                + (clock.nanos() - entry.sinceNanos) / 1_000_000
                + ": "
                + entry.why
                + "; let it follow its signal"
                + stack.orElse(""));
  }
}
