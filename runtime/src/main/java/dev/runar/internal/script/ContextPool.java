package dev.runar.internal.script;

import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * How many script contexts there may be, and how many may begin at a time: contexts that all begin
 * at once take many times the memory and longer than one after the other. Any thread.
 */
final class ContextPool {
  private final int most;
  private final int mostBeginning;

  // Guarded by this.
  private int taken;
  private int beginning;
  private final ArrayDeque<Runnable> waiting = new ArrayDeque<>(); // as many as are taken, at most

  ContextPool(int most, int mostBeginning) {
    this.most = most;
    this.mostBeginning = mostBeginning;
  }

  /**
   * Takes places for contexts, until {@link #giveBack}.
   *
   * @throws RunarException {@code OVERLOADED}; then none is taken
   */
  synchronized void take(int count, String forWhom) {
    if (count > most - taken) {
      throw new RunarException(
          Code.OVERLOADED,
          forWhom
              + " needs "
              + count
              + " script contexts, and the node has room for "
              + (most - taken)
              + " of limits.contexts "
              + most);
    }
    taken += count;
  }

  synchronized void giveBack(int count) {
    taken -= count;
  }

  synchronized int taken() {
    return taken;
  }

  /** Lets a context begin when it is its turn; the turn ends with the future. */
  <T> CompletableFuture<T> begin(Supplier<CompletableFuture<T>> start) {
    var begun = new CompletableFuture<T>();
    Runnable task =
        () -> {
          CompletableFuture<T> future;
          try {
            future = start.get();
          } catch (RuntimeException e) {
            future = CompletableFuture.failedFuture(e);
          }
          var _ =
              future.whenComplete(
                  (value, error) -> {
                    ended();
                    if (error == null) {
                      begun.complete(value);
                    } else {
                      begun.completeExceptionally(error);
                    }
                  });
        };
    synchronized (this) {
      if (beginning >= mostBeginning) {
        waiting.add(task);
        return begun;
      }
      beginning++;
    }
    task.run();
    return begun;
  }

  private void ended() {
    @Nullable Runnable next;
    synchronized (this) {
      next = waiting.poll();
      if (next == null) {
        beginning--;
      }
    }
    if (next != null) {
      next.run();
    }
  }
}
