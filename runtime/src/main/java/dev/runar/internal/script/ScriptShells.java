package dev.runar.internal.script;

import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.Shell;
import dev.runar.internal.node.Failures;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** The shells of one node: how many there may be, and their ends. Any thread. */
final class ScriptShells {
  private static final int MOST = 8;

  private final ContextPool pool;
  private final AtomicInteger taken = new AtomicInteger();
  private final Set<ScriptContext> contexts = ConcurrentHashMap.newKeySet(); // as many, at most

  ScriptShells(ContextPool pool) {
    this.pool = pool;
  }

  /** A context that has not begun. */
  record Made(ScriptContext context, ScriptContexts factory) {}

  /**
   * Opens one; it has a place of the contexts until its own has ended.
   *
   * @throws RunarException in the future: {@code OVERLOADED}, or why it did not begin
   */
  CompletableFuture<Shell> open(Supplier<Made> maker) {
    Made made;
    try {
      take();
      made = make(maker);
    } catch (RunarException e) {
      return CompletableFuture.failedFuture(e);
    }
    ScriptContext context = made.context();
    contexts.add(context);
    var _ =
        context
            .owner()
            .ended()
            .thenRun(
                () -> {
                  contexts.remove(context);
                  giveBack();
                });
    return context
        .start()
        .thenCompose(started -> made.factory().shell().begin())
        .whenComplete(
            (begun, error) -> {
              if (error != null) {
                context.kill(Failures.of(error));
              }
            });
  }

  private Made make(Supplier<Made> maker) {
    try {
      return maker.get();
    } catch (RuntimeException e) {
      giveBack();
      throw e;
    }
  }

  private void take() {
    if (taken.incrementAndGet() > MOST) {
      taken.decrementAndGet();
      throw new RunarException(Code.OVERLOADED, "the node has " + MOST + " shells already");
    }
    try {
      pool.take(1, "a shell");
    } catch (RunarException e) {
      taken.decrementAndGet();
      throw e;
    }
  }

  private void giveBack() {
    pool.giveBack(1);
    taken.decrementAndGet();
  }

  /** Ends all. */
  void kill(RunarException reason) {
    contexts.forEach(context -> context.kill(reason));
  }
}
