package dev.runar.internal.node;

import dev.runar.Payload;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.SocketHandler;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Asks a handler in Java whether clients of its raw path may connect, each on a virtual thread. Any
 * thread.
 *
 * <p>A handler that hangs is interrupted when its client is not waited for any more, and keeps its
 * place until it has returned: clients that come and go do not make threads without end.
 */
final class JavaAccept {
  static final int MOST_RUNNING = 4_096;

  private static final Logger LOG = System.getLogger("dev.runar.node");

  private final SocketHandler handler;
  private final Executor executor;
  private final AtomicInteger running = new AtomicInteger();

  JavaAccept(SocketHandler handler, Executor executor) {
    this.handler = handler;
    this.executor = executor;
  }

  /** Never blocks. Who gives up cancels what this returns. */
  CompletableFuture<Optional<Payload>> ask(SocketHandler.Request request) {
    if (running.incrementAndGet() > MOST_RUNNING) {
      running.decrementAndGet();
      return CompletableFuture.failedFuture(
          new RunarException(
              Code.OVERLOADED, MOST_RUNNING + " clients of " + request.path() + " are looked at"));
    }
    var word = new CompletableFuture<Optional<Payload>>();
    var task = new FutureTask<>(() -> decide(request, word), null);
    var _ =
        word.whenComplete(
            (identity, error) -> {
              if (word.isCancelled()) {
                task.cancel(true);
              }
            });
    try {
      executor.execute(() -> run(task));
    } catch (RejectedExecutionException stopped) {
      running.decrementAndGet();
      throw stopped;
    }
    return word;
  }

  private void run(FutureTask<?> task) {
    try {
      task.run();
    } finally {
      running.decrementAndGet();
    }
  }

  private void decide(SocketHandler.Request request, CompletableFuture<Optional<Payload>> word) {
    try {
      word.complete(Optional.ofNullable(handler.accept(request)));
    } catch (Exception | Error e) {
      if (!word.isDone() && !SocketRefusal.of(e).isSaid()) {
        LOG.log(Level.ERROR, "socket handler failed: accept path=" + request.path(), e);
      }
      word.completeExceptionally(e);
    }
  }
}
