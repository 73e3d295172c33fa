package dev.runar.internal.script;

import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.spi.Clock;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A context of a script, the future of its load, and what it has in the node. Any thread.
 *
 * @param loaded completes when the top level has run
 */
record Birth(ScriptContext context, CompletableFuture<Void> loaded, Seat seat) {
  private static final Logger LOG = System.getLogger("dev.runar.script");

  /** An owner that does not come out of a call of the host is not waited for any longer. */
  static final Duration OWNER_PATIENCE = Duration.ofMillis(250);

  /** How one comes to be. */
  interface Source {
    /**
     * A context that has started to load the script.
     *
     * @param seat where what it defines goes
     */
    Birth begin(SupervisedScript script, Seat seat);

    /** Completes when an event has gone all the way into the context. */
    CompletableFuture<Void> test(ScriptContext context);

    /** Nothing is left of the script. */
    void over(SupervisedScript script);
  }

  /** As {@link #loaded}; a top level that awaits for ever fails. */
  CompletableFuture<Void> loadedWithin(Duration patience) {
    return loaded
        .orTimeout(Clock.nanosOf(patience), TimeUnit.NANOSECONDS)
        .exceptionallyCompose(
            error ->
                CompletableFuture.failedFuture(
                    error instanceof TimeoutException ? isLate(patience) : error));
  }

  private RunarException isLate(Duration patience) {
    return new RunarException(
        Code.TIMEOUT,
        "the script "
            + context.name()
            + " has not loaded within "
            + patience.toMillis()
            + " ms: what its top level awaits has not come");
  }

  /**
   * All but the scripts has stopped: one that has asked for that hears of it, and goes on until
   * nothing that it has begun is open. Completes then; never fails.
   */
  CompletableFuture<Void> rest(Duration patience) {
    OpenWork work = context.work();
    if (!work.isWaitedFor()) {
      return CompletableFuture.completedFuture(null);
    }
    context.postReserved("the end of the node", work::last);
    return CompletableFuture.anyOf(work.over(), context.owner().ended())
        .<Void>thenApply(over -> null)
        .orTimeout(Clock.nanosOf(patience), TimeUnit.NANOSECONDS)
        .exceptionally(
            late -> {
              LOG.log(
                  Level.WARNING,
                  "script ended in its work name="
                      + context.name()
                      + ": it was not done "
                      + patience.toMillis()
                      + " ms after the node had stopped");
              return null;
            });
  }

  CompletableFuture<Void> end(RunarException reason) {
    return end(reason, OWNER_PATIENCE);
  }

  /** After the callback that runs now, or in the middle of it when that takes too long. */
  CompletableFuture<Void> end(RunarException reason, Duration patience) {
    return context
        .stop(reason)
        .orTimeout(Clock.nanosOf(patience), TimeUnit.NANOSECONDS)
        .exceptionallyCompose(
            late -> {
              context.kill(reason);
              return context
                  .owner()
                  .ended()
                  .orTimeout(OWNER_PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                  .exceptionally(stuck -> abandoned(context));
            });
  }

  /** Runs if the owner of a context that was killed does not come out of a call of the host. */
  static void ifLeftBehind(ScriptContext dying, Runnable then) {
    var _ =
        dying
            .owner()
            .ended()
            .orTimeout(OWNER_PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
            .exceptionally(
                late -> {
                  then.run();
                  return abandoned(dying);
                });
  }

  /** Its thread runs no script any more, and is a daemon: it holds nobody up. */
  static @Nullable Void abandoned(ScriptContext context) {
    LOG.log(
        Level.WARNING,
        "the owner thread of "
            + context.name()
            + " does not come back from a call of the host; it is left behind");
    return null;
  }
}
