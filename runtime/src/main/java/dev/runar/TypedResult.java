package dev.runar;

import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What a future will bring, as an object of a type; cancelling it cancels that. Any thread. */
final class TypedResult<T extends @Nullable Object> extends CompletableFuture<T> {
  private final CompletableFuture<?> source;

  private TypedResult(CompletableFuture<?> source) {
    this.source = source;
  }

  /** What fails at once fails in the future too, so that a caller looks in one place only. */
  static <S, T extends @Nullable Object> CompletableFuture<T> of(
      String what, Supplier<CompletableFuture<S>> begin, Function<S, T> as) {
    CompletableFuture<S> source;
    try {
      source = begin.get();
    } catch (RunarException e) {
      return CompletableFuture.failedFuture(e);
    }
    var result = new TypedResult<T>(source);
    var _ = source.whenComplete((value, error) -> result.settle(what, value, error, as));
    return result;
  }

  private <S> void settle(String what, S value, @Nullable Throwable error, Function<S, T> as) {
    if (error != null) {
      completeExceptionally(error);
      return;
    }
    try {
      complete(as.apply(value));
    } catch (RunarException e) {
      completeExceptionally(new RunarException(e.code(), what + ": " + e.getMessage(), e));
    }
  }

  @Override
  public boolean cancel(boolean mayInterruptIfRunning) {
    boolean cancelled = super.cancel(mayInterruptIfRunning);
    source.cancel(mayInterruptIfRunning);
    return cancelled;
  }
}
