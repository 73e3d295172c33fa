package dev.runar.cli;

import dev.runar.Node;
import dev.runar.Payload;
import dev.runar.RequestOptions;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Tells the init system that the node lives, as long as it does. Has a thread of its own; close it
 * from any other.
 *
 * <p>A node lives if it answers a request of its own in time; that it refuses it, since it is at
 * its bound of requests, is an answer. One that stops is not asked any more: its stop has a time of
 * its own.
 */
final class LifeSigns implements AutoCloseable {
  private static final Logger LOG = System.getLogger("runar.cli");
  private static final String QUESTION = "$health/live";

  /** As sd_watchdog_enabled(3) advises: twice in the time after which the process is ended. */
  private static final int SIGNS = 2;

  private final Node node;
  private final InitSystem init;
  private final Duration pause;
  private final Duration patience;
  private final Duration again;
  private final CountDownLatch closed = new CountDownLatch(1);

  private LifeSigns(Node node, InitSystem init, Duration pause) {
    this.node = node;
    this.init = init;
    this.pause = pause;
    this.patience = pause.dividedBy(SIGNS); // so that there is time to ask once more
    this.again = patience.dividedBy(SIGNS);
  }

  /** Begins, if the init system waits for signs of life. */
  static LifeSigns begin(Node node, InitSystem init) {
    var signs =
        new LifeSigns(
            node, init, init.watchdog().map(time -> time.dividedBy(SIGNS)).orElse(Duration.ZERO));
    if (!signs.pause.isZero()) {
      Thread.ofPlatform().daemon().name("runar-life-signs").start(signs::give);
    }
    return signs;
  }

  private void give() {
    try {
      long wait;
      do {
        long asked = System.nanoTime();
        if (isAlive()) {
          init.alive();
          wait = pause.toNanos();
        } else { // at once, if the answer was late
          wait = again.toNanos() - (System.nanoTime() - asked);
        }
      } while (!closed.await(wait, TimeUnit.NANOSECONDS));
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt(); // nobody does
    }
  }

  private boolean isAlive() {
    if (node.state() != Node.State.RUNNING) {
      return true;
    }
    try {
      node.request(QUESTION, Payload.of(null), RequestOptions.DEFAULT.withTimeout(patience)).join();
      return true;
    } catch (RuntimeException e) {
      Throwable failure =
          e instanceof CompletionException && e.getCause() != null ? e.getCause() : e;
      boolean isAlive = node.state() != Node.State.RUNNING || isRefusedForLoad(failure);
      if (!isAlive) {
        LOG.log(
            Level.WARNING,
            "init system is not told alive: {0} of the node, which had {1} ms, has failed: {2}",
            QUESTION,
            patience.toMillis(),
            failure);
      }
      return isAlive;
    }
  }

  /** Said at once by a node that works: it waits for others, as a backend that hangs. */
  private static boolean isRefusedForLoad(Throwable failure) {
    return failure instanceof RunarException refusal && refusal.code() == Code.OVERLOADED;
  }

  @Override
  public void close() {
    closed.countDown();
  }
}
