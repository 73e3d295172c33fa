package dev.runar.cli;

import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Counts the requests to end a process. Safe from any thread.
 *
 * <p>One request may arrive more than once at about the same time: a terminal and a service manager
 * send it to each process of a group, and a parent process passes its own on.
 */
final class StopRequests {
  private static final long SAME_NANOS = Duration.ofMillis(300).toNanos();

  private final Runnable onFirst;
  private final Runnable onSecond;
  private final LongSupplier nanos;
  private @Nullable Long last;

  StopRequests(Runnable onFirst, Runnable onSecond, LongSupplier nanos) {
    this.onFirst = onFirst;
    this.onSecond = onSecond;
    this.nanos = nanos;
  }

  /** A request has arrived. */
  void arrived() {
    action().run();
  }

  private synchronized Runnable action() {
    long now = nanos.getAsLong();
    Long before = last;
    last = now;
    if (before == null) {
      return onFirst;
    }
    return now - before < SAME_NANOS ? () -> {} : onSecond;
  }
}
