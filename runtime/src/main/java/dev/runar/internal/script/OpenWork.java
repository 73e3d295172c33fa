package dev.runar.internal.script;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/**
 * What a script has begun and may see the end of when it has stopped its node: its top level, its
 * tests, reads and fetches. Any thread, but {@link #look} on the owner thread.
 */
final class OpenWork {
  private final AtomicInteger open = new AtomicInteger();
  private final CompletableFuture<Void> over = new CompletableFuture<>();
  private volatile boolean outlasts;
  private volatile boolean last;

  void begins() {
    open.incrementAndGet();
  }

  void ends() {
    open.decrementAndGet();
  }

  /** The script has stopped the node: it is to hear when that is done. */
  void outlasts() {
    outlasts = true;
  }

  /** Whether somebody waits for it to be over. */
  boolean isWaitedFor() {
    return outlasts && !over.isDone();
  }

  /** The script has heard that the node has stopped: it is over when nothing is open. */
  void last() {
    last = true;
  }

  /** Nothing more of the script is wanted, whatever is open. */
  void end() {
    over.complete(null);
  }

  /**
   * Between two turns.
   *
   * @param isQuiet asked whether no callback waits and no timer is set that fires once
   */
  void look(BooleanSupplier isQuiet) {
    if (last && !over.isDone() && open.get() == 0 && isQuiet.getAsBoolean()) {
      over.complete(null);
    }
  }

  /** Completes when it is over; each caller's own. */
  CompletableFuture<Void> over() {
    return over.copy();
  }
}
