package dev.runar.internal.script;

import dev.runar.RunarException;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What has begun in a context and is not over: calls, events and steps whose promises are pending.
 * Any thread.
 */
final class PendingTasks {
  private final Set<Consumer<RunarException>> tasks = ConcurrentHashMap.newKeySet();
  private final Set<Consumer<RunarException>> watchers = ConcurrentHashMap.newKeySet();
  private final AtomicInteger count = new AtomicInteger();

  /** Completes when there is none; null: nobody waits. */
  private volatile @Nullable CompletableFuture<Void> none;

  void add(Consumer<RunarException> task) {
    if (tasks.add(task)) {
      count.incrementAndGet();
    }
  }

  void remove(Consumer<RunarException> task) {
    if (tasks.remove(task) && count.decrementAndGet() == 0) {
      CompletableFuture<Void> waiting = none;
      if (waiting != null) {
        waiting.complete(null);
      }
    }
  }

  /** Tells of the end too, though nothing is pending for this one. As many as the host makes. */
  void watch(Consumer<RunarException> watcher) {
    watchers.add(watcher);
  }

  void unwatch(Consumer<RunarException> watcher) {
    watchers.remove(watcher);
  }

  int size() {
    return count.get();
  }

  /** Completes at the first moment from now on at which there is none. One caller. */
  CompletableFuture<Void> none() {
    var waiting = new CompletableFuture<Void>();
    none = waiting; // before the look, so that the last one sees it or is seen
    if (count.get() == 0) {
      waiting.complete(null);
    }
    return waiting;
  }

  /** Tells each that it will never be over. */
  void fail(RunarException reason) {
    tasks.forEach(task -> task.accept(reason));
    tasks.clear();
    watchers.forEach(watcher -> watcher.accept(reason));
    watchers.clear();
  }
}
