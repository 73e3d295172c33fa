package dev.runar.internal.broker;

import dev.runar.internal.node.Delays;
import dev.runar.spi.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * Takes clients that connect again at once away from a node that stops, a few at a time, so that
 * the nodes that they go to are not overrun. Any thread; to be begun once.
 *
 * @param turnAway from now on new sessions are refused
 * @param closings each closes one of the sessions that are open
 */
public record Drain(Delays delays, Runnable turnAway, Supplier<List<Runnable>> closings) {
  static final Duration STEP = Duration.ofMillis(50);

  /** So few are no crowd. */
  static final int FEWEST = 20;

  /**
   * Begins.
   *
   * @param lead for which all goes on, so that load balancers see that the node is not ready
   * @param time that it may take to close all sessions
   * @return complete when the last is being closed
   */
  public CompletableFuture<Void> begin(Duration lead, Duration time) {
    var done = new CompletableFuture<Void>();
    Runnable first =
        () -> {
          turnAway.run();
          List<Runnable> all = List.copyOf(closings.get());
          long steps = Math.max(1, time.dividedBy(STEP));
          int each = (int) Math.max(FEWEST, Math.ceilDiv(all.size(), steps));
          close(all, each, done);
        };
    if (lead.isZero()) {
      first.run();
    } else {
      var _ = delays.after(Clock.nanosOf(lead), first);
    }
    return done;
  }

  private void close(List<Runnable> left, int each, CompletableFuture<Void> done) {
    int now = Math.min(each, left.size());
    left.subList(0, now).forEach(Runnable::run);
    if (now == left.size()) {
      done.complete(null);
      return;
    }
    var _ = delays.after(STEP.toNanos(), () -> close(left.subList(now, left.size()), each, done));
  }
}
