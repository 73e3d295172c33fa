package dev.runar.internal.broker.offline;

import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.spi.StoreException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

/** What a store does not do, as the node's callers are told of it. Stateless; any thread. */
final class StoreFailures {
  private StoreFailures() {}

  /** A future that fails with a {@link RunarException} only. */
  static <T> CompletableFuture<T> typed(CompletableFuture<T> future) {
    return future.exceptionallyCompose(
        error -> CompletableFuture.failedFuture(typed(cause(error))));
  }

  /** What a store answers; that it throws is an answer too, as others wait for one. */
  static <T> CompletableFuture<T> asked(Supplier<CompletableFuture<T>> question) {
    try {
      return question.get();
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /** What a future failed with. */
  static Throwable cause(Throwable error) {
    return error instanceof CompletionException wrapped && wrapped.getCause() != null
        ? wrapped.getCause()
        : error;
  }

  static RunarException typed(Throwable error) {
    return switch (error) {
      case RunarException known -> known;
      case StoreException refused ->
          new RunarException(
              switch (refused.reason()) {
                case OVERLOADED, FULL -> Code.OVERLOADED;
                case FAILED -> Code.INTERNAL;
                case CLOSED -> Code.SHUTDOWN;
              },
              String.valueOf(refused.getMessage()),
              refused);
      default -> new RunarException(Code.INTERNAL, "the store failed: " + error, error);
    };
  }
}
