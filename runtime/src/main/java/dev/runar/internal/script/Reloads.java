package dev.runar.internal.script;

import dev.runar.Reload;
import dev.runar.RunarException;
import dev.runar.internal.node.Failures;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The reloads of one script, one at a time. What is asked for while one is under way is done after
 * it, once, however often it was asked for; one that is still being loaded gives way. Any thread.
 */
final class Reloads {
  private final SupervisedScript script;
  private final Swap.Terms terms;

  // Guarded by this.
  private @Nullable Swap running;
  private @Nullable CompletableFuture<Reload> waiting;

  Reloads(SupervisedScript script, Swap.Terms terms) {
    this.script = script;
    this.terms = terms;
  }

  boolean isOf(SupervisedScript other) {
    return script.equals(other);
  }

  /** Completes as the newest reload does that was asked for before it was done. */
  CompletableFuture<Reload> reload() {
    Swap busy;
    CompletableFuture<Reload> result;
    synchronized (this) {
      if (waiting == null) {
        waiting = new CompletableFuture<>();
      }
      result = waiting;
      busy = running;
    }
    if (busy != null) {
      busy.supersede();
    } else {
      beginNext();
    }
    return result.copy();
  }

  private void beginNext() {
    Swap swap;
    CompletableFuture<Reload> result;
    synchronized (this) {
      if (running != null || waiting == null) {
        return;
      }
      swap = new Swap(script, terms);
      running = swap;
      result = waiting;
      waiting = null;
    }
    Thread.ofPlatform().name("runar-reload").daemon(true).start(() -> run(swap, result));
  }

  private void run(Swap swap, CompletableFuture<Reload> result) {
    Reload reload = null;
    RunarException failure = null;
    try {
      reload = swap.run();
    } catch (RuntimeException | Error e) {
      failure = Failures.of(e);
    }
    CompletableFuture<Reload> next;
    synchronized (this) {
      running = null;
      next = waiting;
    }
    if (reload != null) {
      result.complete(reload);
    } else if (swap.isSuperseded() && next != null) {
      var _ =
          next.whenComplete(
              (done, error) -> {
                if (error == null) {
                  result.complete(done);
                } else {
                  result.completeExceptionally(error);
                }
              });
    } else if (failure != null) {
      result.completeExceptionally(failure);
    }
    beginNext();
  }
}
